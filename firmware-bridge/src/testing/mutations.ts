/**
 * Streams that went wrong on their way: whole frames with bits turned, bytes lost, doubled, made up. The same seed gives
 * the same streams.
 * @module
 */

/** A whole number below `below`. */
export type Random = (below: number) => number;

/** Mulberry32 (public domain). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One to three of the frames, each with up to four wounds. `telling` are bytes that matter to the format. */
export function mutated(
  frames: readonly Buffer[],
  random: Random,
  telling: readonly number[],
): Buffer {
  const parts = Array.from({ length: 1 + random(3) }, () => {
    let frame = Buffer.from(frames[random(frames.length)] as Buffer);
    for (let wounds = random(5); wounds > 0; wounds--) frame = wound(frame, random, telling);
    return frame;
  });
  return Buffer.concat(parts);
}

function wound(frame: Buffer, random: Random, telling: readonly number[]): Buffer<ArrayBuffer> {
  const at = random(frame.length + 1);
  const byte = random(2) === 0 ? (telling[random(telling.length)] as number) : random(256);
  const [before, after] = [frame.subarray(0, at), frame.subarray(at)];
  switch (random(5)) {
    case 0:
      return Buffer.concat([
        before,
        after.map((old, i) => (i === 0 ? old ^ (1 << random(8)) : old)),
      ]);
    case 1:
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    case 2:
      return Buffer.concat([before, Buffer.of(byte), after]);
    case 3:
      return Buffer.concat([before, after.subarray(random(12))]);
    default:
      return Buffer.concat([before, after.subarray(0, random(12)), after]);
  }
}
