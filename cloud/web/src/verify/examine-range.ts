/** Judges the evidence of a range or a number in this browser, with the same code as `sigill verify`. */
import {
  EvidenceError,
  fromHex,
  judgeRange,
  type Policy,
  parsePolicy,
  parseRange,
  type RangeFile,
  toHex,
  verifyLedgerState,
} from '@sigill/evidence';
import { decodeAgain } from '@sigill/firmware-bridge/drivers';
import { summariseStream } from '../../../src/completeness/stream-summary.ts';
import { PROJECTIONS, recomputeWith } from '../../../src/projections/registry.ts';
import type { Refused, SeenBlock } from './examination.ts';
import type { RangeExamination, RangeTask } from './range-examination.ts';

export interface OpenedRange {
  /** Where the ledger's proof stands, to be asked for before judging; null where there is none. */
  readonly block: number | null;
  judge(blocks: readonly SeenBlock[]): RangeExamination;
}

/** Reads the file once, however often it is judged. */
export function openRange({ file, policy }: RangeTask): OpenedRange {
  let range: RangeFile;
  let trusted: Policy;
  try {
    range = parseRange(new TextDecoder('utf-8', { fatal: true }).decode(file));
    trusted = parsePolicy(new TextDecoder().decode(policy));
  } catch (error) {
    const refused = refusedFor(error);
    return { block: null, judge: () => refused };
  }
  return { block: blockOf(range, trusted), judge: (blocks) => examine(range, trusted, blocks) };
}

function examine(
  range: RangeFile,
  trusted: Policy,
  blocks: readonly SeenBlock[],
): RangeExamination {
  try {
    const verdict = judgeRange(range, trusted, {
      blocks: blocks.map((block) => ({ ...block, hash: fromHex(block.hash.slice(2)) })),
      decodeAgain,
      recompute: recomputeWith(PROJECTIONS),
    });
    const { claims, block, agent, period, number } = verdict;
    return {
      outcome: 'judged',
      claims,
      ...{ reading: null, closedAt: null, frame: null },
      block: block && { number: block.number, hash: `0x${toHex(block.hash)}` },
      endpoints: trusted.ledger?.endpoints ?? [],
      ...{ agent: agent && toHex(agent), period, number },
      streams: verdict.streams.map((stream) => summariseStream(stream, period)),
    };
  } catch (error) {
    return refusedFor(error);
  }
}

function refusedFor(error: unknown): Refused {
  if (error instanceof EvidenceError)
    return { outcome: 'refused', code: error.code, detail: error.message };
  // TextDecoder's way to say so.
  if (error instanceof TypeError)
    return { outcome: 'refused', code: 'UTF8_SYNTAX', detail: 'the file is not UTF-8 text' };
  throw error;
}

function blockOf({ ledger }: RangeFile, { ledger: trusted }: Policy): number | null {
  if (ledger === null || trusted === null) return null;
  try {
    return verifyLedgerState(ledger, trusted.contract).blockNumber;
  } catch {
    return null; // the claim about the anchor tells why
  }
}
