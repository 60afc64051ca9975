/**
 * What one source may cost the others.
 * @module
 */

/** So many readings in a window; what is beyond is refused until the next, so that one gap tells of it. */
export interface ReadingLimit {
  takes(device: string, atMs: number): boolean;
  /** When it last refused one; null if never. */
  readonly refusedMs: number | null;
}

const WINDOW_MS = 10_000;
// A device may say this much more than it promised: it catches up after an outage, or repeats itself.
const TIMES_PROMISED = 20;
const LEAST_PER_SECOND = 50;
/** As much as a busy gate of tags or a concentrator of a town says; the journal takes 15 times that. */
const MOST_PER_SECOND = 2000;
// More are not counted: with them the limit is at its most for any cadence below 40 s.
const MOST_DEVICES = 4096;

export function createReadingLimit(source: {
  readonly cadenceMs: number | null;
  readonly maxPerSecond: number | null;
}): ReadingLimit {
  const { cadenceMs, maxPerSecond } = source;
  const devices = new Set<string>();
  let windowMs = Number.NEGATIVE_INFINITY;
  let taken = 0;
  let refusedMs: number | null = null;

  function perSecond(device: string): number {
    if (maxPerSecond !== null) return maxPerSecond;
    if (cadenceMs === null) return MOST_PER_SECOND;
    if (devices.size < MOST_DEVICES) devices.add(device);
    const promised = (devices.size * 1000) / cadenceMs;
    return Math.min(MOST_PER_SECOND, Math.max(LEAST_PER_SECOND, promised * TIMES_PROMISED));
  }

  return {
    takes(device, atMs) {
      if (atMs - windowMs >= WINDOW_MS) {
        windowMs = atMs;
        taken = 0;
      }
      taken++;
      if (taken * 1000 <= perSecond(device) * WINDOW_MS) return true;
      refusedMs = atMs;
      return false;
    },
    get refusedMs() {
      return refusedMs;
    },
  };
}

/** How many bytes are looked at before others have their turn. */
export interface ByteBudget {
  /** How long to look away after these; 0: not at all. */
  spend(bytes: number, isNoise: boolean, atMs: number): number;
}

// Three times what the fastest serial adapters bring.
const BYTES_A_SECOND = 1024 * 1024;
// Of noise as much in one piece as holds any frame, and then a pause: what was mended is seen within it.
const NOISE_BYTES = 64 * 1024;
const NOISE_WINDOW_MS = 2000;

export function createByteBudget(): ByteBudget {
  let windowMs = Number.NEGATIVE_INFINITY;
  let spent = 0;
  return {
    spend(bytes, isNoise, atMs) {
      const lengthMs = isNoise ? NOISE_WINDOW_MS : 1000;
      if (atMs - windowMs >= lengthMs) {
        windowMs = atMs;
        spent = 0;
      }
      spent += bytes;
      if (spent < (isNoise ? NOISE_BYTES : BYTES_A_SECOND)) return 0;
      return windowMs + lengthMs - atMs;
    },
  };
}
