/**
 * Which lines of a scale are told. A scale in continuous output says the same thing twenty times a second; a reading for
 * each would bury the ones that matter. So, unless all are asked for, a line is told
 *
 * - at rest: when it says anything that the last told one did not, and the same again every so often, so that a scale at
 *   rest can be told from a dead one;
 * - in motion: when the scale has just begun to move, and from then on at most once an interval.
 *
 * Nothing is averaged and nothing merged: each reading is one line as the scale sent it.
 * @module
 */
import { formatDecimal, isDecimal } from '@sigill/evidence';
import type { Statement } from './statement.ts';

export type ReportRule = 'all' | 'changes' | 'stable';

export interface ReportOptions {
  readonly rule: ReportRule;
  readonly motionMs: number;
  readonly repeatMs: number;
}

interface Told {
  readonly text: string;
  readonly isMoving: boolean;
  readonly atMs: number;
}

/** Whether this line is told, at this time. */
export type Reporter = (statement: Statement, nowMs: number) => boolean;

export function createReporter({ rule, motionMs, repeatMs }: ReportOptions): Reporter {
  // What a scale says of itself does not make its unchanged weight news.
  const lasts = new Map<Statement['kind'], Told>();
  return (statement, nowMs) => {
    if (rule === 'all') return true;
    const isMoving = statement.stable === false;
    if (isMoving && rule === 'stable') return false;
    const told = { text: textOf(statement), isMoving, atMs: nowMs };
    const last = lasts.get(statement.kind);
    if (last !== undefined && !isDue(told, last)) return false;
    lasts.set(statement.kind, told);
    return true;
  };

  function isDue(told: Told, last: Told): boolean {
    // A clock that was set back has waited long enough.
    const sinceMs = told.atMs < last.atMs ? repeatMs : told.atMs - last.atMs;
    if (sinceMs >= repeatMs) return true;
    if (told.text === last.text) return false;
    return !(told.isMoving && last.isMoving) || sinceMs >= motionMs;
  }
}

function textOf({ fields }: Statement): string {
  return JSON.stringify(
    Object.entries(fields).map(([name, { value, unit }]) => [
      name,
      isDecimal(value) ? formatDecimal(value) : value,
      unit,
    ]),
  );
}
