/** Judges the evidence of a range or a number in this browser, with the same code as `sigill verify`. */
import {
  EvidenceError,
  fromHex,
  judgeRange,
  parsePolicy,
  parseRange,
  toHex,
} from '@sigill/evidence';
import { decodeAgain } from '@sigill/firmware-bridge/drivers';
import { summariseStream } from '../../../src/completeness/stream-summary.ts';
import { PROJECTIONS, recomputeWith } from '../../../src/projections/registry.ts';
import type { RangeExamination, RangeTask } from './range-examination.ts';

export function examineRange({ file, policy, blocks }: RangeTask): RangeExamination {
  try {
    const range = parseRange(new TextDecoder('utf-8', { fatal: true }).decode(file));
    const trusted = parsePolicy(new TextDecoder().decode(policy));
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
    if (error instanceof EvidenceError)
      return { outcome: 'refused', code: error.code, detail: error.message };
    // TextDecoder's way to say so.
    if (error instanceof TypeError)
      return { outcome: 'refused', code: 'UTF8_SYNTAX', detail: 'the file is not UTF-8 text' };
    throw error;
  }
}
