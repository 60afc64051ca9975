/**
 * What an operator would have entered about the demonstration's sources: what they are called, where they stand, how deep
 * a bin is. Read on a demonstration only; elsewhere a source is called as the gateway calls it.
 */
import { findPlace, type Place, type PlaceName } from '@sigill/firmware-bridge/town';
import type { Language } from '../strings/language.ts';

export interface TownSource {
  readonly title: Readonly<Record<Language, string>>;
  /** Null: it walks. */
  readonly place: PlaceName | null;
  /** Millimetres from the sensor in the lid to the bottom, and to what counts as full. */
  readonly bin?: BinShape;
}

export interface BinShape {
  readonly emptyMm: number;
  readonly fullMm: number;
}

const TOWN_SOURCES: Readonly<Record<string, TownSource>> = {
  'house-17': {
    title: { en: 'House at Björkgatan 4', sv: 'Huset Björkgatan 4' },
    place: 'house',
  },
  'fish-ladder': {
    title: { en: 'The fish ladder', sv: 'Fisktrappan' },
    place: 'fishLadder',
  },
  'store-gate': {
    title: { en: 'The gate of the store', sv: 'Porten till lagret' },
    place: 'portal',
  },
  'fox-collar': {
    title: { en: 'The fox’s collar', sv: 'Rävens halsband' },
    place: null,
  },
  'bin-7': {
    title: { en: 'The bin at the square', sv: 'Kärlet på torget' },
    place: 'square',
    bin: { emptyMm: 1400, fullMm: 250 },
  },
  weighbridge: {
    title: { en: 'The weighbridge', sv: 'Fordonsvågen' },
    place: 'weighbridge',
  },
  'recycling-yard': {
    title: { en: 'The recycling yard', sv: 'Återvinningscentralen' },
    place: 'recyclingYard',
  },
};

/** Null outside a demonstration, and for a source that the town does not know. */
export const townSource = (source: string, demonstration: boolean): TownSource | null =>
  (demonstration && Object.hasOwn(TOWN_SOURCES, source) && TOWN_SOURCES[source]) || null;

/** Where a source stands. */
export function townPlace(source: string, demonstration: boolean): Place | null {
  const name = townSource(source, demonstration)?.place ?? null;
  return name === null ? null : findPlace(name);
}
