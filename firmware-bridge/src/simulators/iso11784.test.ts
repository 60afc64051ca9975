import { describe, expect, it } from 'vitest';
import { runSession } from '../testing/driver-contract.ts';
import { iso11784 } from '../wildlife/iso11784/iso11784.ts';
import { createTagReader, sightingsOf } from './iso11784.ts';

const MORNING = Date.UTC(2026, 8, 14, 5, 30);
const HOUR = 3_600_000;

function hourOf(options: Record<string, string> = {}, seed = 3, stepMs = 1000) {
  const reader = createTagReader({ seed, options });
  const chunks: Uint8Array[] = [];
  reader.speak(MORNING);
  for (let ms = MORNING + stepMs; ms <= MORNING + HOUR; ms += stepMs)
    chunks.push(...reader.speak(ms).map(({ bytes }) => bytes));
  const { observations, rejected } = runSession(iso11784, { zone: 'Etc/UTC' }, chunks);
  expect(rejected).toEqual([]);
  return observations;
}

describe('a simulated reader at the fish ladder', () => {
  it('says what the driver reads: fish, antennas, and when', () => {
    const all = hourOf();
    const tags = all.filter(({ kind }) => kind === 'tag');
    expect(tags.length).toBeGreaterThan(40);
    for (const { time, fields } of tags) {
      expect(time).toBeGreaterThan(MORNING);
      expect(String(fields['tag.id']?.value)).toMatch(/^999\d{12}$/);
    }
    expect(all.filter(({ kind }) => kind === 'reader').length).toBe(1);
  });

  it.each(['allflex', 'wl134'])('speaks as an %s reader does', (dialect) => {
    const biomark = hourOf().filter(({ kind }) => kind === 'tag');
    const ids = (from: readonly (typeof biomark)[number][]) =>
      from.map(({ fields }) => fields['tag.id']?.value);
    expect(ids(hourOf({ dialect }))).toEqual(ids(biomark));
  });

  it('tells each fish once, however often it is asked', () => {
    const told = (stepMs: number) => hourOf({}, 3, stepMs).map(({ frame }) => frame);
    expect(told(6000)).toEqual(told(1000));
  });

  it('does not tell a day’s fish at once when it was not asked for a day', () => {
    const reader = createTagReader({ seed: 3 });
    reader.speak(MORNING);
    expect(reader.speak(MORNING + 24 * HOUR).length).toBeLessThan(5);
  });

  it('lets most fish up, and the same ones come back', () => {
    const minutes = Array.from({ length: 2000 }, (_, i) => sightingsOf(3, i)).filter(
      (sightings) => sightings.length > 0,
    );
    const up = minutes.filter((sightings) => sightings.some(({ antenna }) => antenna === 2));
    expect(up.length / minutes.length).toBeGreaterThan(0.7);
    expect(up.length).toBeLessThan(minutes.length);
    expect(new Set(minutes.flat().map(({ fish }) => fish)).size).toBe(60);
  });
});
