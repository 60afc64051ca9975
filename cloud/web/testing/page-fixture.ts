/** Readings, watermarks and streams as a server would tell them; a test overrides what it is about. */
import type { Marks, Reading, Stream, Watermarks } from '../src/api/model.ts';

export const AGENT = '00112233445566778899aabbccddeeff';
export const ORIGIN = 'sigill.example/demo/house-17';

export const watermarks = (
  sealed: number,
  logged: number,
  witnessed: number,
  anchored: number,
  final: number,
): Watermarks => ({ origin: ORIGIN, sealed, logged, witnessed, anchored, final });

/** The same, beside no other log's. */
export const marksOf = (...sizes: Parameters<typeof watermarks>): Marks =>
  new Map([[ORIGIN, watermarks(...sizes)]]);

export function reading(seq: number, changes: Partial<Reading> = {}): Reading {
  return {
    agent: AGENT,
    seq,
    n: seq,
    source: 'house-17',
    device: 'meter-1',
    kind: 'meter',
    time: 1_790_000_000_000 + seq * 1000,
    origin: ORIGIN,
    entry: Math.floor(seq / 10),
    state: 'sealed',
    fields: [{ name: 'power.import', value: '1.234', unit: 'kW', code: '1-0:1.7.0' }],
    ...changes,
  };
}

export function stream(changes: Partial<Stream> = {}): Stream {
  return {
    agent: AGENT,
    source: 'house-17',
    device: 'meter-1',
    kind: 'meter',
    origin: ORIGIN,
    fields: [{ name: 'power.import', unit: 'kW' }],
    ...changes,
  };
}
