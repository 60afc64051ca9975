/** Readings as points on a map. Floats are for drawing; what is verified is the reading. Pure. */
import type { EvidenceState, Marks, Reading } from '../api/model.ts';
import { stateOf } from '../live/progress.ts';
import { type Cell, cellOf, middleOf } from './cells.ts';

export interface Fix {
  readonly reading: Reading;
  /** Latitude, longitude in degrees, WGS 84; of a cell its middle, which is no place anybody was seen at. */
  readonly at: readonly [number, number];
  /** Metres; null where the device does not say. */
  readonly accuracy: number | null;
  /** Where only this much is shown; null where the place is exact. */
  readonly cell: Cell | null;
  readonly state: EvidenceState;
}

/** @param readings newest first, and so are the fixes */
export function fixesOf(readings: readonly Reading[], marks: Marks): Fix[] {
  return readings.flatMap((reading) => {
    const cell = cellOf(reading);
    const at = cell === null ? positionOf(reading) : middleOf(cell);
    if (at === null) return [];
    const accuracy = numberIn(reading, 'position.accuracy');
    return [{ reading, at, accuracy, cell, state: stateOf(reading, marks) }];
  });
}

export function positionOf(reading: Pick<Reading, 'fields'>): readonly [number, number] | null {
  const latitude = numberIn(reading, 'position.latitude');
  const longitude = numberIn(reading, 'position.longitude');
  if (latitude === null || longitude === null) return null;
  // Receivers without a fix have been seen to send 91 and 181.
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
}

function numberIn({ fields }: Pick<Reading, 'fields'>, name: string): number | null {
  const text = fields.find((field) => field.name === name)?.value ?? '';
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
