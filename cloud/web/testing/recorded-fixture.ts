/** The recorded reading in demos/, and the same reading as its evidence stood before it was anchored. */
import { readFileSync } from 'node:fs';
import { formatEvidence, parseEvidence, utf8 } from '@sigill/evidence';
import type { Examination, Judged, SeenBlock } from '../src/verify/examination.ts';
import { examine } from '../src/verify/examine.ts';

const read = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`../demos/${name}`, import.meta.url)));

export const recordedFile = read('recorded.sigill');
export const recordedPolicy = read('recorded.policy');

/** What the ledger would answer: the block that the recorded proof stands in. */
export const recordedBlock: SeenBlock = {
  ...(asJudged(examine(recordedFile, recordedPolicy, [])).block as NonNullable<Judged['block']>),
  source: 'http://127.0.0.1:7446',
};

export const recorded = asJudged(examine(recordedFile, recordedPolicy, [recordedBlock]));

/** Sealed, logged and witnessed, but not anchored yet. */
export function earlierFile(): Uint8Array {
  const file = parseEvidence(new TextDecoder().decode(recordedFile));
  const { log, records } = file;
  return utf8(
    formatEvidence({
      ...file,
      rollCalls: null,
      anchors: null,
      ledger: null,
      log: { ...log, consistency: [] },
      records: { ...records, slot: records.slot.slice(0, 1) },
    }),
  );
}

export function asJudged(examination: Examination): Judged {
  if (examination.outcome === 'judged') return examination;
  throw new Error(`${examination.code}: ${examination.detail}`);
}
