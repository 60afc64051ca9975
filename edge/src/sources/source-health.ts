/**
 * How a source is, and why: from what its way, its device, its driver and the agent did. Pure: whoever
 * holds the source tells it what happens, and when by the uptime.
 * @module
 */
import type { TransportErrorCode, TransportState } from '@sigill/firmware-bridge';
import type { EdgeErrorCode } from '../errors.ts';
import type { Rejected } from '../quarantine.ts';
import { LEAST_SAMPLE_BYTES, SAMPLE_BYTES } from './diagnosis.ts';

/**
 * `starting`: the way is open and nothing has come yet. `ok`: its device was heard as promised. `connecting`: the first
 * try. `waiting`: there is no way to the device, and a next try is due. `silent`: the way is open and nothing comes that
 * could be recorded. `babbling`: what comes is not what the driver reads, or far more than was promised. `refused`: the
 * agent cannot take it.
 */
export type SourceState =
  | 'starting'
  | 'ok'
  | 'connecting'
  | 'waiting'
  | 'silent'
  | 'babbling'
  | 'refused';

export type SourceErrorCode =
  | 'DRIVER_FAILED'
  | 'SOURCE_FLOOD'
  | 'SOURCE_NOT_SENT'
  | 'SOURCE_OTHER_DRIVER'
  | 'SOURCE_OTHER_PARITY'
  | 'SOURCE_OTHER_SPEED'
  | 'SOURCE_SILENT'
  | 'SOURCE_TELLS_NOTHING'
  | 'SOURCE_UNREADABLE';

export type SourceCode = SourceErrorCode | TransportErrorCode | EdgeErrorCode;

export interface Judgement {
  readonly state: SourceState;
  /** For programs; null while all is well. */
  readonly code: SourceCode | null;
  /** One sentence: what is wrong, and what to check. */
  readonly reason: string | null;
}

export interface SourceCounts {
  readonly bytes: number;
  readonly observations: number;
  /** Frames that the driver refused. */
  readonly rejected: number;
  /** Observations that the agent refused. */
  readonly refused: number;
  /** Observations beyond the limit, told by gaps. */
  readonly dropped: number;
  /** How often the way was opened after the first time. */
  readonly reconnects: number;
}

/** What the sentences say of this one source. */
export interface SourceAdvice {
  silent(quietMs: number): string;
  /** What to make of bytes of which the driver makes nothing: null where they may be all right. */
  unreadable(sample: Uint8Array): Judgement | null;
  mostlyRejected(last: Rejected): string;
  flood(): string;
}

export interface SourceHealthTracker {
  readonly counts: SourceCounts;
  transport(state: TransportState, atMs: number): void;
  bytes(chunk: Uint8Array): void;
  observed(count: number, atMs: number): void;
  rejected(rejection: Rejected): void;
  dropped(atMs: number): void;
  accepted(): void;
  refused(code: EdgeErrorCode | null, reason: string): void;
  /** What went wrong beside the readings; the next observation ends it. */
  trouble(code: 'DRIVER_FAILED' | 'SOURCE_NOT_SENT', reason: string): void;
  /** So much came without a reading that it is worth no full attention. */
  readonly isNoise: boolean;
  judge(atMs: number): Judgement;
}

const LEAST_QUIET_MS = 60_000;
const QUIET_CADENCES = 3;
// Bytes without a frame are judged sooner: somebody stands on a ladder.
const NOISE_AFTER_MS = 20_000;
const NOISE_BYTES = 64 * 1024;
// What asks its device without end hears this much of `nothing here` in a minute, and is in order.
const CHATTER_BYTES = 1024 * 1024;
const FLOOD_OVER_MS = 20_000;
const DIAGNOSIS_AGE_MS = 60_000;
// Of the last 16 frames: begins at 12 refused ones and ends below 8.
const OUTCOMES = 0xffff;
const MANY_REJECTED = 12;
const FEW_REJECTED = 8;

export function createSourceHealth(
  cadenceMs: number | null,
  advice: SourceAdvice,
): SourceHealthTracker {
  const counts = {
    ...{ bytes: 0, observations: 0, rejected: 0 },
    ...{ refused: 0, dropped: 0, reconnects: 0 },
  };
  const quietAfterMs = Math.max(LEAST_QUIET_MS, QUIET_CADENCES * (cadenceMs ?? 0));
  let way: TransportState = { status: 'connecting', reason: null, code: null };
  let opens = 0;
  /** When it was heard last, or opened. */
  let heardMs = 0;
  /** A bit a frame, the newest lowest: 1 where it was refused. */
  let outcomes = 0;
  let isRejecting = false;
  let lastRejected: Rejected | null = null;
  let bytesUnread = 0;
  let sample: Uint8Array[] = [];
  let sampled = 0;
  let droppedMs: number | null = null;
  let refusal: Judgement | null = null;
  let trouble: Pick<Judgement, 'code' | 'reason'> | null = null;
  let diagnosis: { readonly atMs: number; readonly found: Judgement | null } | null = null;

  function forgetUnread(): void {
    bytesUnread = 0;
    diagnosis = null;
    if (sampled === 0) return;
    sample = [];
    sampled = 0;
  }

  function judge(atMs: number): Judgement {
    if (way.status !== 'open') {
      const state = way.status === 'connecting' ? 'connecting' : 'waiting';
      return { state, code: way.code, reason: way.reason };
    }
    if (refusal !== null) return refusal;
    if (trouble?.code === 'DRIVER_FAILED') return { state: 'babbling', ...trouble };
    if (droppedMs !== null && atMs - droppedMs < FLOOD_OVER_MS)
      return { state: 'babbling', code: 'SOURCE_FLOOD', reason: advice.flood() };
    return judgeNoise(atMs) ?? judgeSilence(atMs) ?? { ...wellBeing(), ...trouble };
  }

  function judgeNoise(atMs: number): Judgement | null {
    if (isRejecting && lastRejected !== null) {
      const found = diagnoseUnread(atMs);
      if (found !== null) return found;
      const reason = advice.mostlyRejected(lastRejected);
      return { state: 'babbling', code: 'SOURCE_UNREADABLE', reason };
    }
    const isDue = atMs - heardMs >= Math.max(NOISE_AFTER_MS, QUIET_CADENCES * (cadenceMs ?? 0));
    if (!isDue && bytesUnread < NOISE_BYTES) return null;
    // A source without rhythm that was heard before may chatter without telling anything.
    if (cadenceMs === null && counts.observations > 0) return null;
    return diagnoseUnread(atMs);
  }

  function diagnoseUnread(atMs: number): Judgement | null {
    const isOld = diagnosis === null || atMs - diagnosis.atMs >= DIAGNOSIS_AGE_MS;
    if (isOld && sampled >= LEAST_SAMPLE_BYTES) {
      diagnosis = { atMs, found: advice.unreadable(joined(sample)) };
      // The next look is at newer bytes.
      sample = [];
      sampled = 0;
    }
    return diagnosis?.found ?? null;
  }

  function judgeSilence(atMs: number): Judgement | null {
    const quietMs = atMs - heardMs;
    if (cadenceMs === null || quietMs < quietAfterMs) return null;
    if (bytesUnread > 0) {
      const reason = `the device speaks (${bytesUnread} bytes), but said nothing to record for ${seconds(quietMs)}`;
      return { state: 'silent', code: 'SOURCE_TELLS_NOTHING', reason };
    }
    return { state: 'silent', code: 'SOURCE_SILENT', reason: advice.silent(quietMs) };
  }

  function wellBeing(): Judgement {
    if (counts.observations > 0) return { state: 'ok', code: null, reason: null };
    return { state: 'starting', code: null, reason: 'open; nothing has come yet' };
  }

  return {
    counts,
    transport(next, atMs) {
      if (next.status === 'open' && way.status !== 'open') {
        if (opens++ > 0) counts.reconnects++;
        heardMs = atMs;
        outcomes = 0;
        isRejecting = false;
        forgetUnread();
      }
      way = next;
    },
    bytes(chunk) {
      counts.bytes += chunk.length;
      bytesUnread += chunk.length;
      if (sampled >= SAMPLE_BYTES) return;
      const part = chunk.subarray(0, SAMPLE_BYTES - sampled);
      sample.push(part);
      sampled += part.length;
    },
    observed(count, atMs) {
      counts.observations += count;
      heardMs = atMs;
      outcomes = (outcomes << 1) & OUTCOMES;
      if (isRejecting && ones(outcomes) < FEW_REJECTED) isRejecting = false;
      if (!isRejecting) forgetUnread();
      if (trouble !== null) trouble = null;
    },
    rejected(rejection) {
      counts.rejected++;
      lastRejected = rejection;
      outcomes = ((outcomes << 1) | 1) & OUTCOMES;
      if (!isRejecting && ones(outcomes) >= MANY_REJECTED) isRejecting = true;
    },
    dropped(atMs) {
      counts.dropped++;
      droppedMs = atMs;
    },
    accepted() {
      refusal = null;
    },
    refused(code, reason) {
      counts.refused++;
      refusal = { state: 'refused', code, reason };
    },
    trouble(code, reason) {
      trouble = { code, reason };
    },
    get isNoise() {
      return isRejecting || bytesUnread >= (cadenceMs === null ? CHATTER_BYTES : NOISE_BYTES);
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

export function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
