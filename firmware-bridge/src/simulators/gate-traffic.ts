/**
 * What passes a gate with an RFID reader: now and then a load of tags comes near, is seen better and worse, and is gone.
 * A function of time alone: the same seed sees the same load at the same moment, whoever asks and how often.
 * @module
 */
import { noise } from './random.ts';

export interface Gate {
  readonly seed: number;
  /** One load at most in each slot. */
  readonly slotMs: number;
  /** How many of the slots bring one, 0 to 1. */
  readonly traffic: number;
  readonly antennas: readonly number[];
  /** The tags of the load of a slot, as hexadecimal EPCs. */
  load(slot: number): readonly string[];
}

export interface Sighting {
  readonly epc: string;
  readonly antenna: number;
  readonly rssi: number;
}

/** How often a reader comes round to all its tags. */
export const ROUND_MS = 200;

const [COMES, WHEN, SLOWNESS, DIRECTION, READ, SIGNAL] = [3001, 3002, 3003, 3004, 3005, 3006];
const PASSAGE_MS = { least: 5000, most: 9000 };
// Metal, liquids and people in between: the best round of a real portal misses a third.
const BEST_READ_RATE = 0.65;
const STRONGEST_DBM = -42;
const WEAKEST_DBM = -74;

/** What is seen in the round this moment lies in. */
export function sightingsAt(gate: Gate, ms: number): readonly Sighting[] {
  const { seed, antennas } = gate;
  const round = Math.floor(ms / ROUND_MS);
  const place = placeAt(gate, round * ROUND_MS);
  if (place === null) return [];
  const seen: Sighting[] = [];
  for (const [i, epc] of gate.load(place.slot).entries())
    for (const [j, antenna] of antennas.entries()) {
      // Antennas stand one behind the other along the way, and tags on the load likewise.
      const distance = Math.abs(
        place.way - (j + 1) / (antennas.length + 1) + (noise(seed, i) - 0.5) / 8,
      );
      const nearness = Math.max(0, 1 - distance * 2);
      if (noise(seed, READ, round, i, j) >= BEST_READ_RATE * nearness) continue;
      const wave = (noise(seed, SIGNAL, round, i, j) - 0.5) * 8;
      const rssi = WEAKEST_DBM + (STRONGEST_DBM - WEAKEST_DBM) * nearness + wave;
      seen.push({ epc, antenna, rssi: Math.round(rssi) });
    }
  return seen;
}

/** Which load is in the gate and how far it has come, 0 to 1; null where none is. */
function placeAt(
  { seed, slotMs, traffic }: Gate,
  ms: number,
): { readonly slot: number; readonly way: number } | null {
  const slot = Math.floor(ms / slotMs);
  if (noise(seed, COMES, slot) >= traffic) return null;
  const { least, most } = PASSAGE_MS;
  const passageMs = least + noise(seed, SLOWNESS, slot) * (most - least);
  const startMs = slot * slotMs + noise(seed, WHEN, slot) * (slotMs - passageMs);
  const way = (ms - startMs) / passageMs;
  if (way < 0 || way > 1) return null;
  return { slot, way: noise(seed, DIRECTION, slot) < 0.5 ? way : 1 - way };
}
