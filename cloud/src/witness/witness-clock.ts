/**
 * The time of cosignatures: it never goes back, whatever this machine's clock does. A clock that was set back a little
 * waits; one that was set back far says that one of the two times was wrong, and then nothing is signed.
 * @module
 */
import { CloudError } from '../errors.ts';

export interface WitnessClock {
  /** Unix seconds, not before any it gave. @throws CloudError WITNESS_CLOCK */
  next(): number;
}

// What a time server takes back at once; a cosignature so far in the future misleads nobody.
const PATIENCE_S = 600;

/** @param newest the time of the newest cosignature there is */
export function createWitnessClock(now: () => number, newest: number): WitnessClock {
  let last = newest;
  return {
    next() {
      const seconds = Math.floor(now() / 1000);
      if (last - seconds > PATIENCE_S) {
        throw new CloudError(
          'WITNESS_CLOCK',
          `this machine’s clock is ${last - seconds} s behind the newest cosignature: set it right. If the clock was ahead before, make a new witness and have this one struck from every policy`,
          { retryable: true },
        );
      }
      last = Math.max(last, seconds);
      return last;
    },
  };
}
