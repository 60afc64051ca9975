/**
 * What came of a source without becoming a reading: how much of it, a sample of it, and whether it says that what comes
 * is not what the driver reads.
 * @module
 */
import type { Rejected } from '../quarantine.ts';
import { LEAST_SAMPLE_BYTES, SAMPLE_BYTES } from './diagnosis.ts';
import type { Judgement, SourceAdvice } from './source-judgement.ts';

export interface Unread {
  /** Since the last reading. */
  readonly bytes: number;
  /** So much came without a reading that it is worth no full attention. */
  readonly isNoise: boolean;
  came(chunk: Uint8Array): void;
  rejected(rejection: Rejected): void;
  observed(): void;
  /** The way was opened: what came before says nothing any more. */
  reopened(): void;
  /**
   * Null: it may be all right.
   * @param quietMs since a reading came
   * @param wasHeard whether one ever did
   */
  judge(atMs: number, quietMs: number, wasHeard: boolean): Judgement | null;
}

const QUIET_CADENCES = 3;
// Bytes without a frame are judged sooner: somebody stands on a ladder.
const NOISE_AFTER_MS = 20_000;
const NOISE_BYTES = 64 * 1024;
// What asks its device without end hears this much of `nothing here` in a minute, and is in order.
const CHATTER_BYTES = 1024 * 1024;
const DIAGNOSIS_AGE_MS = 60_000;
// Of the last 16 frames: begins at 12 refused ones and ends below 8.
const OUTCOMES = 0xffff;
const MANY_REJECTED = 12;
const FEW_REJECTED = 8;

export function createUnread(cadenceMs: number | null, advice: SourceAdvice): Unread {
  const noiseAfterMs = Math.max(NOISE_AFTER_MS, QUIET_CADENCES * (cadenceMs ?? 0));
  /** A bit a frame, the newest lowest: 1 where it was refused. */
  let outcomes = 0;
  let isRejecting = false;
  let lastRejected: Rejected | null = null;
  let unreadBytes = 0;
  let sample: Uint8Array[] = [];
  let sampled = 0;
  let diagnosis: { readonly atMs: number; readonly found: Judgement | null } | null = null;

  function forget(): void {
    unreadBytes = 0;
    diagnosis = null;
    if (sampled === 0) return;
    sample = [];
    sampled = 0;
  }

  function judge(atMs: number, quietMs: number, wasHeard: boolean): Judgement | null {
    if (isRejecting && lastRejected !== null) {
      const found = diagnose(atMs);
      if (found !== null) return found;
      const reason = advice.mostlyRejected(lastRejected);
      return { state: 'babbling', code: 'SOURCE_UNREADABLE', reason };
    }
    if (quietMs < noiseAfterMs && unreadBytes < NOISE_BYTES) return null;
    // A source without rhythm that was heard before may chatter without telling anything.
    if (cadenceMs === null && wasHeard) return null;
    return diagnose(atMs);
  }

  function diagnose(atMs: number): Judgement | null {
    const isOld = diagnosis === null || atMs - diagnosis.atMs >= DIAGNOSIS_AGE_MS;
    if (isOld && sampled >= LEAST_SAMPLE_BYTES) {
      diagnosis = { atMs, found: advice.unreadable(joined(sample)) };
      // The next look is at newer bytes.
      sample = [];
      sampled = 0;
    }
    return diagnosis?.found ?? null;
  }

  return {
    get bytes() {
      return unreadBytes;
    },
    get isNoise() {
      return isRejecting || unreadBytes >= (cadenceMs === null ? CHATTER_BYTES : NOISE_BYTES);
    },
    came(chunk) {
      unreadBytes += chunk.length;
      if (sampled >= SAMPLE_BYTES) return;
      const part = chunk.subarray(0, SAMPLE_BYTES - sampled);
      sample.push(part);
      sampled += part.length;
    },
    rejected(rejection) {
      lastRejected = rejection;
      outcomes = ((outcomes << 1) | 1) & OUTCOMES;
      if (!isRejecting && ones(outcomes) >= MANY_REJECTED) isRejecting = true;
    },
    observed() {
      outcomes = (outcomes << 1) & OUTCOMES;
      if (isRejecting && ones(outcomes) < FEW_REJECTED) isRejecting = false;
      if (!isRejecting) forget();
    },
    reopened() {
      outcomes = 0;
      isRejecting = false;
      forget();
    },
    judge,
  };
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) count++;
  return count;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
