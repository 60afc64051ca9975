/**
 * Numbers that look random and are the same for the same seed and place: a simulated device can be asked for any moment.
 * @module
 */

/** In [0, 1), by seed and any number of whole numbers. */
export function noise(seed: number, ...place: readonly number[]): number {
  let h = mix(seed | 0);
  for (const n of place) h = mix(h ^ mix((n | 0) + Math.floor(n / 2 ** 32)));
  return (h >>> 0) / 2 ** 32;
}

/** Between the noise of neighbouring steps, without corners. */
export function smoothNoise(seed: number, channel: number, x: number): number {
  const left = Math.floor(x);
  const t = x - left;
  const ease = t * t * (3 - 2 * t);
  return noise(seed, channel, left) * (1 - ease) + noise(seed, channel, left + 1) * ease;
}

// The finaliser of MurmurHash3 (public domain): every input bit reaches every output bit.
function mix(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
