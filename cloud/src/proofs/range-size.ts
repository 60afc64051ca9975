/** How large the file of a range may become, and what to ask for instead. Pure. */
import { CloudError } from '../errors.ts';
import type { RangeQuestion } from './range-streams.ts';

// What a verifier opens at the most, as characters of text. The parts behind the batches take some hundred kB.
const MAX_CHARS = 63 * 1024 * 1024;
const MINUTE_MS = 60_000;

/** @param done the part of the batches read, above 0. @throws CloudError RANGE_TOO_LARGE */
export function assertRangeSize(
  chars: number,
  done: number,
  { from, to, device }: RangeQuestion,
): void {
  if (chars <= MAX_CHARS) return;
  const fittingMs = Math.max(
    MINUTE_MS,
    Math.floor(((to - from) * done * 0.8) / MINUTE_MS) * MINUTE_MS,
  );
  throw new CloudError(
    'RANGE_TOO_LARGE',
    `the evidence of this time would be over 64 MB; ask for ${toWords(fittingMs)} at a time${device === undefined ? ', or for one device' : ''}`,
    { facts: { fittingMs } },
  );
}

function toWords(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
