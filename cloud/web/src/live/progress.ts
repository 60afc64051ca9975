/** From watermarks to what a person asks: how far has this value come, and how far behind is each stage? */
import { type EvidenceState, type Marks, type Reading, STAGES, type Stage } from '../api/model.ts';

type InLog = Pick<Reading, 'origin' | 'entry'>;

export const hasPassed = (stage: Stage, { origin, entry }: InLog, marks: Marks): boolean =>
  entry < (marks.get(origin)?.[stage] ?? 0);

/** The farthest stage an entry has passed. The server only tells of sealed readings, so "sealed" is the least. */
export function stageOf(reading: InLog, marks: Marks): Stage {
  return STAGES.findLast((stage) => hasPassed(stage, reading, marks)) ?? 'sealed';
}

/** Watermarks know nothing of a broken, missing or erased reading: there the server's word stays. */
export function stateOf(reading: Reading, marks: Marks): EvidenceState {
  if (!marks.has(reading.origin) || !STAGES.some((stage) => stage === reading.state))
    return reading.state;
  return stageOf(reading, marks);
}

export interface StageProgress {
  readonly stage: Stage;
  /** Whether the newest value has passed. */
  readonly reached: boolean;
  /** Time of the newest known reading that has passed with all before it; null when there is none. */
  readonly upTo: number | null;
}

/** `readings` newest first. The last ones of a closed log may be behind those of the log that goes on from it. */
export function progressOf(readings: readonly Reading[], marks: Marks): StageProgress[] {
  return STAGES.map((stage) => {
    const behind = readings.findLastIndex((reading) => !hasPassed(stage, reading, marks));
    const [newest] = readings;
    return {
      stage,
      reached: newest !== undefined && hasPassed(stage, newest, marks),
      upTo: readings[behind + 1]?.time ?? null,
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
