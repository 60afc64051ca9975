/** Spoils many places of a file, one byte at a time, and notes how each was caught. */
import type { Examination } from './examination.ts';
import { spoilAt } from './spoil.ts';
import { caughtBy } from './summary.ts';

export type SweepResult = 'claim' | 'refused' | 'missed';

export interface SweepMark {
  readonly position: number;
  readonly result: SweepResult;
}

/** `places` positions spread evenly over the file, a different bit each time. */
export function* sweep(
  file: Uint8Array,
  places: number,
  untouched: Examination,
  examine: (file: Uint8Array) => Examination,
): Generator<SweepMark> {
  for (let i = 0; i < places; i++) {
    const spoiled = spoilAt(file, Math.floor(((i + 0.5) * file.length) / places), i % 8);
    yield { position: spoiled.position, result: resultOf(untouched, examine(spoiled.file)) };
  }
}

function resultOf(untouched: Examination, after: Examination): SweepResult {
  if (after.outcome === 'refused') return 'refused';
  return caughtBy(untouched, after).length > 0 ? 'claim' : 'missed';
}
