/** From watermarks to what a person asks: how far has this value come, and how far behind is each stage? */
import {
  type EvidenceState,
  type Reading,
  STAGES,
  type Stage,
  type Watermarks,
} from '../api/model.ts';

export const hasPassed = (stage: Stage, entry: number, marks: Watermarks): boolean =>
  entry < marks[stage];

/** The farthest stage an entry has passed. The server only tells of sealed readings, so "sealed" is the least. */
export function stageOf(entry: number, marks: Watermarks): Stage {
  return STAGES.findLast((stage) => hasPassed(stage, entry, marks)) ?? 'sealed';
}

/** Watermarks know nothing of a broken, missing or erased reading: there the server's word stays. */
export function stateOf(reading: Reading, marks: Watermarks | null): EvidenceState {
  if (marks === null || !STAGES.some((stage) => stage === reading.state)) return reading.state;
  return stageOf(reading.entry, marks);
}

export interface StageProgress {
  readonly stage: Stage;
  /** Whether the newest value has passed. */
  readonly reached: boolean;
  /** Time of the newest known reading that has passed; null when none of those known has. */
  readonly upTo: number | null;
}

/** `readings` newest first. */
export function progressOf(readings: readonly Reading[], marks: Watermarks): StageProgress[] {
  return STAGES.map((stage) => {
    const passed = readings.find((reading) => hasPassed(stage, reading.entry, marks));
    return {
      stage,
      reached: passed !== undefined && passed === readings[0],
      upTo: passed?.time ?? null,
    };
  });
}

export interface Region {
  readonly stage: Stage;
  readonly from: number;
  readonly to: number;
}

/** The time axis cut into what is final, anchored, … A stage that no known reading has passed takes no room. */
export function regionsOf(progress: readonly StageProgress[], from: number, to: number): Region[] {
  const regions: Region[] = [];
  let start = from;
  for (const { stage, upTo } of progress.toReversed()) {
    if (upTo === null || upTo <= start) continue;
    const end = Math.min(upTo, to);
    regions.push({ stage, from: start, to: end });
    start = end;
    if (end === to) break;
  }
  return regions;
}
