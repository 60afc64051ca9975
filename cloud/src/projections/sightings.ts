/**
 * How often tags were seen in a period, and how often somebody passed.
 *
 *     sightings@v1   assumptions = { "device": text }
 *     visits@v1      assumptions = { "device": text, "visitMs": ms }
 *
 * A sighting is a reading with a tag. A visit is a row of sightings of one tag with no longer silence between two of them
 * than `visitMs`; one that goes on from before the period counts again in it.
 * @module
 */
import { formatValue, type Reading } from '@sigill/evidence';
import { parseAssumptions, text, whole } from './assumptions.ts';
import { type Projection, readingsWithin, streamOf } from './projection.ts';

const DAY_MS = 86_400_000;
// UCUM: a pure number.
const UNIT = '1';

export const sightings: Projection = {
  name: 'sightings@v1',
  project(streams, _, assumptions) {
    const { device } = parseAssumptions(assumptions, { device: text });
    const seen = readingsWithin(streamOf(streams, device)).filter((one) => tagIn(one) !== null);
    return { value: String(seen.length), unit: UNIT };
  },
};

export const visits: Projection = {
  name: 'visits@v1',
  project(streams, _, assumptions) {
    const { device, visitMs } = parseAssumptions(assumptions, {
      device: text,
      visitMs: whole(0, DAY_MS),
    });
    const last = new Map<string, number>();
    let count = 0;
    for (const reading of readingsWithin(streamOf(streams, device))) {
      const tag = tagIn(reading);
      if (tag === null) continue;
      const before = last.get(tag);
      if (before === undefined || reading.time - before > visitMs) count += 1;
      last.set(tag, reading.time);
    }
    return { value: String(count), unit: UNIT };
  },
};

function tagIn({ fields }: Reading): string | null {
  const field = fields.find(({ name }) => name === 'tag.id');
  return field === undefined ? null : formatValue(field.value);
}
