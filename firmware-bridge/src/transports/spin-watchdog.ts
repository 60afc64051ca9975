/**
 * Notices a process that turns in circles: much work, nothing read.
 * The serialport library reads again, at once and for ever, when a hung-up adapter answers with zero bytes.
 * @module
 */

export interface SpinSample {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly bytes: number;
}

// A quiet port takes a hundredth of a processor; a reading one a microsecond a byte, on a slow board ten.
const HONEST_SHARE = 0.15;
const HONEST_MS_A_BYTE = 0.01;
const SAMPLES_IN_A_ROW = 3;

export interface SpinWatchdog {
  /** True once the process has turned in circles for several samples in a row. */
  isSpinning(sample: SpinSample): boolean;
}

export function createSpinWatchdog(): SpinWatchdog {
  let inARow = 0;
  return {
    isSpinning({ cpuMs, wallMs, bytes }) {
      const isHonest = cpuMs <= HONEST_SHARE * wallMs + HONEST_MS_A_BYTE * bytes;
      inARow = isHonest ? 0 : inARow + 1;
      return inARow >= SAMPLES_IN_A_ROW;
    },
  };
}
