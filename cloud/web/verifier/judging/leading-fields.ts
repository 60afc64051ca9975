/** Which of a reading's many fields a person wants to see first. */
import type { Reading } from '@sigill/evidence';
import { toShownField } from './shown-field.ts';

const MAX_COLUMNS = 3;
// Sums before momentary values before the rest; a name not here comes after, in the order of names.
const FIRST = [
  'energy.import',
  'gas.volume',
  'water.volume',
  'heat.energy',
  'power.import',
  'tag.id',
  'weight',
  'level',
  'distance',
  'temperature',
  'position.latitude',
  'position.longitude',
];

interface Named {
  readonly name: string;
  readonly unit: string | null;
}

/** Of the first reading that has any: the others of a stream have the same. */
export function leadingFields(readings: readonly Pick<Reading, 'fields'>[]): readonly Named[] {
  const fields = readings.find((reading) => reading.fields.length > 0)?.fields ?? [];
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const shown = fields.map(toShownField);
  return shown
    .filter(({ name, measures, unit }) => FIRST.includes(name) || (measures && unit !== null))
    .toSorted((one, other) => rank(one.name) - rank(other.name))
    .slice(0, MAX_COLUMNS)
    .map(({ name, unit }) => ({ name, unit }));
}
