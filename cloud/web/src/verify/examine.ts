/** Judges an evidence file in this browser, with the same code as `sigill verify`. Loaded when first used. */
import {
  decodeSeal,
  EvidenceError,
  type EvidenceFile,
  formatValue,
  fromHex,
  judge,
  parseEvidence,
  parsePolicy,
  type Reading,
  toHex,
} from '@sigill/evidence';
import { decodeAgain } from '@sigill/firmware-bridge/drivers';
import type { Examination, SeenBlock, ShownReading } from './examination.ts';

const SHOWN_FRAME_CHARS = 4000;

export function examine(
  file: Uint8Array,
  policy: Uint8Array,
  blocks: readonly SeenBlock[],
): Examination {
  try {
    const evidence = parseEvidence(new TextDecoder('utf-8', { fatal: true }).decode(file));
    const trusted = parsePolicy(new TextDecoder().decode(policy));
    const verdict = judge(evidence, trusted, {
      blocks: blocks.map((block) => ({ ...block, hash: fromHex(block.hash.slice(2)) })),
      decodeAgain,
    });
    return {
      outcome: 'judged',
      claims: verdict.claims,
      reading: verdict.reading && toShown(verdict.reading),
      closedAt: closedAtOf(evidence),
      frame: toText(evidence.readings[0]?.frame ?? null),
      block: verdict.block && {
        number: verdict.block.number,
        hash: `0x${toHex(verdict.block.hash)}`,
      },
      endpoints: trusted.ledger?.endpoints ?? [],
    };
  } catch (error) {
    if (error instanceof EvidenceError)
      return { outcome: 'refused', code: error.code, detail: error.message };
    // TextDecoder's way to say so.
    if (error instanceof TypeError)
      return { outcome: 'refused', code: 'UTF8_SYNTAX', detail: 'the file is not UTF-8 text' };
    throw error;
  }
}

function toShown(reading: Reading): ShownReading {
  const { seq, n, source, device, kind, time, origin } = reading;
  return {
    agent: toHex(reading.agent),
    seq,
    n,
    source,
    device,
    kind,
    time,
    driver: origin.driver,
    fields: reading.fields.map((field) => ({ ...field, value: formatValue(field.value) })),
  };
}

function closedAtOf(evidence: EvidenceFile): number | null {
  try {
    return decodeSeal(evidence.seal.bytes).header.closedAt;
  } catch {
    return null; // the claim about the seal tells why
  }
}

/** Meters mostly speak text; what is not printable is shown as a dot. */
function toText(frame: Uint8Array | null) {
  if (frame === null) return null;
  const text = String.fromCharCode(...frame.subarray(0, SHOWN_FRAME_CHARS));
  return { text: text.replace(/\r/g, '').replace(/[^\n\x20-\x7e]/g, '·'), sizeBytes: frame.length };
}
