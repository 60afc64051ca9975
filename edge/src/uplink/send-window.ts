import type { SendWindow } from './sender.ts';

export interface MeasuredWindow extends SendWindow {
  sent(sizeBytes: number): void;
  /** No longer on the wire, however that came. */
  left(sizeBytes: number): void;
  receipted(sizeBytes: number, tookMs: number): void;
  /** How long what is on the wire may take to get there. */
  slackMs(): number;
}

const MAX_BATCHES = 16;
const MAX_BYTES = 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
// A receipt that comes sooner says that the line takes more; one that comes later, that it takes less.
const QUICK_MS = 2000;
const SLOW_MS = 8000;
// The worst line that is worth a box: 16 kbit/s.
const SLOWEST_BYTES_PER_MS = 2;

/**
 * How much may be on the wire without a receipt: as much as the line has shown that it takes in a few seconds, so that
 * on a bad one a question whether anybody is there does not wait for minutes behind what was sent before.
 */
export function createSendWindow(): MeasuredWindow {
  let limit = FIRST_BYTES;
  let onTheWire = 0;
  let bytesPerMs = SLOWEST_BYTES_PER_MS;

  return {
    batches: MAX_BATCHES,
    get bytes() {
      return limit;
    },
    sent(sizeBytes) {
      onTheWire += sizeBytes;
    },
    left(sizeBytes) {
      onTheWire -= sizeBytes;
    },
    receipted(sizeBytes, tookMs) {
      // Receipts wait for the gateway's disk too: the line is at least as fast as this.
      const shown = sizeBytes / Math.max(1, tookMs);
      bytesPerMs = Math.max(SLOWEST_BYTES_PER_MS, (bytesPerMs + shown) / 2);
      if (tookMs <= QUICK_MS) limit = Math.min(MAX_BYTES, limit * 2);
      if (tookMs > SLOW_MS) limit = Math.max(FIRST_BYTES, limit / 2);
    },
    slackMs: () => Math.ceil((2 * onTheWire) / bytesPerMs),
  };
}
