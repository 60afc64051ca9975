/** Which numbers a day of a source gives, from what its streams tell. Pure. */

import { EARTH_RADIUS_MM } from '../../../src/projections/earth.ts';
import type { Stream } from '../api/model.ts';
import type { BinShape } from '../town/town-sources.ts';
import type { NumberQuestion } from './ask.ts';

export interface DayNumber extends NumberQuestion {
  readonly kind: 'consumption' | 'sightings' | 'visits' | 'track' | 'level';
  /** The register's name, for a meter. */
  readonly field: string | null;
}

// What a meter counts up; phases and quadrants are parts of the same.
const REGISTERS = [
  ...['energy.import', 'energy.import.t1', 'energy.import.t2', 'energy.export', 'heat.energy'],
  ...['gas.volume', 'water.volume'],
];
// As the page gathers sightings into visits.
const VISIT_MS = 60_000;

export function numbersOf(streams: readonly Stream[], shape: BinShape | null): DayNumber[] {
  return streams.flatMap(({ device, fields }) => {
    const names = new Set(fields.map(({ name }) => name));
    const ask = (
      kind: DayNumber['kind'],
      projection: string,
      assumptions: object,
      field: string | null = null,
    ): DayNumber => ({
      ...{ kind, device, projection, field },
      assumptions: JSON.stringify({ device, ...assumptions }),
    });
    const level = names.has('level') ? (shape ?? { emptyMm: 1, fullMm: 0 }) : shape;
    return [
      ...REGISTERS.filter((name) => names.has(name)).map((register) =>
        ask('consumption', 'consumption@v1', { register }, register),
      ),
      ...(names.has('tag.id')
        ? [ask('sightings', 'sightings@v1', {}), ask('visits', 'visits@v1', { visitMs: VISIT_MS })]
        : []),
      ...(names.has('position.latitude')
        ? [ask('track', 'track-length@v1', { radiusMm: EARTH_RADIUS_MM, decimals: 0 })]
        : []),
      ...((names.has('level') || names.has('distance')) && level !== null
        ? [ask('level', 'highest-level@v1', { ...level, decimals: 1 })]
        : []),
    ];
  });
}
