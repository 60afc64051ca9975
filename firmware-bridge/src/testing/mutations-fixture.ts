/**
 * Streams of whole frames with wounds: bits turned, bytes lost, put in, doubled, swapped. The same seed wounds the same.
 */
import { noise } from '../simulators/random.ts';

export const FUZZ_SEED = Number(process.env.SIGILL_FUZZ_SEED ?? 20_260_131);
export const FUZZ_RUNS = Number(process.env.SIGILL_FUZZ_RUNS ?? 20_000);
/** Twenty thousand runs take some seconds; longer walks, on machines that do other things too, their share. */
export const FUZZ_TIMEOUT_MS = 30_000 + 2 * FUZZ_RUNS;

const MOST_FRAMES = 3;
const MOST_WOUNDS = 3;

/** @param telling bytes that matter to the format; half of what is put in is of these. */
export function* mutations(
  frames: readonly Uint8Array[],
  telling: string,
  runs = FUZZ_RUNS,
  mostFrames = MOST_FRAMES,
): Generator<{ readonly run: number; readonly bytes: Uint8Array }> {
  for (let run = 0; run < runs; run++) {
    let turn = 0;
    const below = (n: number) => Math.floor(noise(FUZZ_SEED, run, turn++) * n);
    const byte = () => (below(2) === 0 ? telling.charCodeAt(below(telling.length)) : below(256));
    let bytes: number[] = [];
    for (let n = 1 + below(mostFrames); n > 0; n--)
      bytes = bytes.concat(Array.from(frames[below(frames.length)] ?? []));
    for (let n = below(MOST_WOUNDS + 1); n > 0; n--) bytes = wounded(bytes, below, byte);
    yield { run, bytes: Uint8Array.from(bytes) };
  }
}

function wounded(bytes: number[], below: (n: number) => number, byte: () => number): number[] {
  const at = below(bytes.length + 1);
  const until = at + below(20);
  const [before, hit, after] = [bytes.slice(0, at), bytes.slice(at, until), bytes.slice(until)];
  switch (below(6)) {
    case 0:
      return [...before, ...hit.map((b, i) => (i === 0 ? b ^ (1 << below(8)) : b)), ...after];
    case 1:
      return [...before, ...after];
    case 2:
      return [...before, byte(), ...hit, ...after];
    case 3:
      return [...before, ...hit, ...hit, ...after];
    case 4:
      return [...before, ...hit.toReversed(), ...after];
    default:
      return [...before, ...hit.map(() => byte()), ...after];
  }
}
