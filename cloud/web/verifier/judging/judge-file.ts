/** Judges a file with the code of the evidence package, and makes of the verdict what a page shows. Pure. */
import {
  type Claim,
  EvidenceError,
  fromHex,
  isRangeText,
  judge,
  judgeRange,
  parseEvidence,
  parsePolicy,
  parseRange,
  type Reading,
  sha256,
  toHex,
  type Verdict,
} from '@sigill/evidence';
import type { Examination, Judged, Question, ShownReading } from './examination.ts';
import { leadingFields } from './leading-fields.ts';
import { toShownField } from './shown-field.ts';
import { toShownStream } from './shown-stream.ts';

export function judgeFile({ file, policy, block }: Question): Examination {
  const fileHash = toHex(sha256(file));
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
    const trusted = policy === null ? null : parsePolicy(policy);
    const blocks = block === null ? [] : [{ ...block, hash: fromHex(block.hash) }];
    if (!isRangeText(text)) {
      const verdict = judge(parseEvidence(text), trusted, { blocks });
      const reading = verdict.reading && toShownReading(verdict.reading);
      return { ...shownVerdict(verdict), kind: 'reading', fileHash, reading, range: null };
    }
    const verdict = judgeRange(parseRange(text), trusted, { blocks });
    const { kind, agent, period, number } = verdict;
    const streams = verdict.streams.map(toShownStream);
    const range = { agent: agent && toHex(agent), period, number, streams };
    return { ...shownVerdict(verdict), kind, fileHash, reading: null, range };
  } catch (error) {
    const refused = { outcome: 'refused', fileHash } as const;
    if (error instanceof EvidenceError)
      return { ...refused, code: error.code, detail: error.message };
    // TextDecoder's way to say so.
    if (error instanceof TypeError)
      return { ...refused, code: 'UTF8_SYNTAX', detail: 'the file is not UTF-8 text' };
    throw error;
  }
}

function shownVerdict({
  claims,
  block,
}: {
  readonly claims: readonly Claim[];
  readonly block: Verdict['block'];
}): Pick<Judged, 'outcome' | 'claims' | 'block'> {
  const shown = block && { number: block.number, hash: toHex(block.hash) };
  return { outcome: 'judged', claims, block: shown };
}

function toShownReading(reading: Reading): ShownReading {
  const { n, source, device, kind, time } = reading;
  const fields = reading.fields.map(toShownField);
  const [first] = leadingFields([reading]);
  const leading = fields.find(({ name }) => name === first?.name) ?? null;
  return { agent: toHex(reading.agent), n, source, device, kind, time, fields, leading };
}
