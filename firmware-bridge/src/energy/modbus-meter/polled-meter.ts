/**
 * One meter of a bus that is asked: which blocks of registers, and when.
 * @module
 */
import type { Question } from './adu.ts';
import {
  type Block,
  type Point,
  planBlocks,
  pointsIn,
  type RegisterMap,
  sizeOf,
} from './register-map.ts';

export interface PolledMeter {
  readonly address: number;
  blocks: Block[];
  dueMs: number;
  failures: number;
  /** A late answer may still come: the next question is a probe. */
  isSuspect: boolean;
  readonly lacking: Set<Point>;
}

export interface Pace {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

// A meter that is switched on again is read within so long.
const LONGEST_REST_MS = 300_000;

export function createMeter(address: number, map: RegisterMap, nowMs: number): PolledMeter {
  const blocks = planBlocks(map.points, map.maxRegisters);
  return { address, blocks, dueMs: nowMs, failures: 0, isSuspect: false, lacking: new Set() };
}

/** Of another length than all its blocks. */
export function probeOf(map: RegisterMap, { blocks }: PolledMeter): Block {
  const first = map.points[0] as Point;
  let count = sizeOf(first);
  while (blocks.some((block) => block.count === count)) count++;
  return { start: first.register, count };
}

/**
 * A block the meter refuses is asked for in halves, until what it lacks stands alone: that is asked for no more.
 * Answers the halves, and what it lacks.
 */
export function leaveOut(
  map: RegisterMap,
  meter: PolledMeter,
  { start, count }: Question,
): { readonly halves: readonly Block[]; readonly lacks: Point | null } {
  const points = pointsIn(map, { start, count }).filter((point) => !meter.lacking.has(point));
  const middle = points.length >> 1;
  const halves =
    points.length < 2
      ? []
      : [points.slice(0, middle), points.slice(middle)].flatMap((half) =>
          planBlocks(half, map.maxRegisters),
        );
  const lacks = points.length === 1 ? points[0]! : null;
  if (lacks) meter.lacking.add(lacks);
  meter.blocks = meter.blocks.flatMap((block) =>
    block.start === start && block.count === count ? halves : [block],
  );
  return { halves, lacks };
}

/** A bus too slow for its interval reads every meter as often as it can, none twice before another. */
export function wasRead(meter: PolledMeter, nowMs: number, { intervalMs }: Pace): void {
  meter.failures = 0;
  meter.dueMs = Math.max(meter.dueMs + intervalMs, nowMs);
}

/** It rests, twice as long each time. */
export function wasSilent(
  meter: PolledMeter,
  nowMs: number,
  { intervalMs, timeoutMs }: Pace,
): void {
  meter.isSuspect = true;
  meter.failures++;
  const restMs = Math.max(intervalMs, timeoutMs) * 2 ** Math.min(meter.failures - 1, 20);
  meter.dueMs = nowMs + Math.min(restMs, Math.max(LONGEST_REST_MS, intervalMs));
}
