/**
 * The option `repeat`: a tag that stays in the field is told once in so many milliseconds.
 * @module
 */
import { DriverError } from '../errors.ts';

// A hall full of tags; beyond it the longest unseen is forgotten and may be told a little early.
const MAX_TAGS = 10_000;

export const REPEAT_OPTION = {
  summary: 'milliseconds for which a tag told is not told again by the same antenna; 0 tells all',
  default: '0',
};

/** Whether a sighting is to be told at this time. */
export type HoldBack = (sighting: string, nowMs: number) => boolean;

/** @throws DriverError OPTION_INVALID */
export function createHoldBack(repeat: string): HoldBack {
  if (!/^\d{1,9}$/.test(repeat))
    throw new DriverError('OPTION_INVALID', `repeat is a number of milliseconds, not ${repeat}`);
  const repeatMs = Number(repeat);
  const told = new Map<string, number>();
  return (sighting, nowMs) => {
    if (repeatMs === 0) return true;
    const last = told.get(sighting);
    // A clock set back must not silence a gate.
    if (last !== undefined && nowMs >= last && nowMs - last < repeatMs) return false;
    told.delete(sighting);
    told.set(sighting, nowMs);
    if (told.size > MAX_TAGS) told.delete(told.keys().next().value as string);
    return true;
  };
}
