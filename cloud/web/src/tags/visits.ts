/**
 * Sightings gathered into visits: a reader tells a tag ten times a second, a person wants to know who passed.
 * A pallet takes the cases that passed with it. Pure.
 */
import type { Reading } from '../api/model.ts';
import { type Tag, tagOf } from './tag.ts';

export interface Visit {
  readonly tag: Tag;
  /** The newest sighting: the one to verify. */
  readonly newest: Reading;
  readonly first: number;
  readonly last: number;
  /** How often it was seen, of the readings at hand. */
  readonly count: number;
  /** In the order in which they saw it first. */
  readonly antennas: readonly string[];
  /** What passed together with this pallet. */
  readonly load: readonly Visit[];
}

// A fish rests in the ladder, a lorry in the gate; whoever comes back later comes anew.
const VISIT_MS = 60_000;
// Cases are read a moment before and after the label of their pallet.
const TOGETHER_MS = 5000;

type Open = { -readonly [K in keyof Visit]: Visit[K] } & { antennas: string[]; load: Visit[] };

/** @param readings newest first. Visits: newest first */
export function visitsOf(readings: readonly Reading[]): Visit[] {
  const visits: Open[] = [];
  const openByTag = new Map<string, Open>();
  for (const reading of readings.toReversed()) {
    const tag = tagOf(reading);
    if (tag === null) continue;
    const known = openByTag.get(tag.id);
    if (known !== undefined && reading.time - known.last <= VISIT_MS) extend(known, reading, tag);
    else {
      const antennas = tag.antenna === null ? [] : [tag.antenna];
      const { time } = reading;
      const visit = { tag, newest: reading, first: time, last: time, count: 1, antennas, load: [] };
      openByTag.set(tag.id, visit);
      visits.push(visit);
    }
  }
  return loaded(visits).toSorted((a, b) => b.newest.seq - a.newest.seq);
}

function extend(visit: Open, reading: Reading, tag: Tag): void {
  visit.newest = reading;
  visit.last = Math.max(visit.last, reading.time);
  visit.count++;
  if (tag.antenna !== null && !visit.antennas.includes(tag.antenna))
    visit.antennas.push(tag.antenna);
}

function loaded(visits: readonly Open[]): Visit[] {
  const pallets = visits.filter(({ tag }) => tag.look === 'load');
  return visits.filter((visit) => {
    if (visit.tag.look !== 'case') return true;
    const pallet = pallets.find(
      (one) => visit.first <= one.last + TOGETHER_MS && visit.last >= one.first - TOGETHER_MS,
    );
    pallet?.load.push(visit);
    return pallet === undefined;
  });
}
