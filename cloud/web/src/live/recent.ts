/** The newest readings of every stream, bounded: what the overview lives on. Pure. */
import type { Reading, StreamKey } from '../api/model.ts';
import { isAboutAgent } from './streams.ts';

/** Of one stream: a track of three days at one fix in ten minutes, or two loaded pallets through a gate. */
export const MAX_RECENT = 400;
/** Streams kept: with a kilobyte a reading, 25 MB at the very most. Of further ones the page knows when they are opened. */
export const MAX_RECENT_STREAMS = 64;

export type Recent = ReadonlyMap<string, readonly Reading[]>;

export const keyOf = ({ agent, source, device }: StreamKey): string =>
  `${agent} ${source} ${device}`;

export function addRecent(recent: Recent, more: readonly Reading[]): Recent {
  const [first] = more;
  if (first === undefined || isAboutAgent(first)) return recent;
  const key = keyOf(first);
  const known = recent.get(key);
  if (known === undefined && recent.size >= MAX_RECENT_STREAMS) return recent;
  return new Map(recent).set(key, mergeReadings(known ?? [], more).slice(0, MAX_RECENT));
}

/** Newest first, each once. Sorted by sequence, not by time: clocks jump back. */
export function mergeReadings(known: readonly Reading[], more: readonly Reading[]): Reading[] {
  const newest = known[0];
  const [only] = more;
  // What almost always happens: one more, newer than all.
  if (more.length === 1 && only && (newest === undefined || only.seq > newest.seq))
    return [only, ...known];
  const bySeq = new Map([...known, ...more].map((reading) => [reading.seq, reading]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}
