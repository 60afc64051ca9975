/** An evidence file of whatever kind, judged with what this package has: the drivers and the projections. */
import {
  type EvidenceParts,
  isRangeText,
  judge,
  judgeRange,
  type Policy,
  parseEvidence,
  parseRange,
  type RangeVerdict,
  type SeenBlock,
  type Verdict,
} from '@sigill/evidence';
import { decodeAgain } from '@sigill/firmware-bridge/drivers';
import { PROJECTIONS, recomputeWith } from '../projections/registry.ts';

export interface OpenedFile {
  /** What every kind has. */
  readonly parts: EvidenceParts;
  judge(policy: Policy | null, blocks: readonly SeenBlock[]): Verdict | RangeVerdict;
}

/** @throws EvidenceError */
export function openEvidenceFile(text: string): OpenedFile {
  if (isRangeText(text)) {
    const file = parseRange(text);
    const recompute = recomputeWith(PROJECTIONS);
    return {
      parts: file,
      judge: (policy, blocks) => judgeRange(file, policy, { blocks, decodeAgain, recompute }),
    };
  }
  const file = parseEvidence(text);
  return { parts: file, judge: (policy, blocks) => judge(file, policy, { blocks, decodeAgain }) };
}
