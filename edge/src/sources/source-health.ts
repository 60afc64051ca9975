/**
 * How a source is, and why: from what its way, its device, its driver and the agent did. Pure: whoever
 * holds the source tells it what happens, and when by the uptime.
 * @module
 */
import type { TransportState } from '@sigill/firmware-bridge';
import type { EdgeErrorCode } from '../errors.ts';
import type { Rejected } from '../quarantine.ts';
import { type Judgement, type SourceAdvice, seconds } from './source-judgement.ts';
import { createUnread } from './unread.ts';

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
const FLOOD_OVER_MS = 20_000;

export function createSourceHealth(
  cadenceMs: number | null,
  advice: SourceAdvice,
): SourceHealthTracker {
  const counts = {
    ...{ bytes: 0, observations: 0, rejected: 0 },
    ...{ refused: 0, dropped: 0, reconnects: 0 },
  };
  const unread = createUnread(cadenceMs, advice);
  const quietAfterMs = Math.max(LEAST_QUIET_MS, QUIET_CADENCES * (cadenceMs ?? 0));
  let way: TransportState = { status: 'connecting', reason: null, code: null };
  let opens = 0;
  /** When it was heard last, or opened. */
  let heardMs = 0;
  let droppedMs: number | null = null;
  let refusal: Judgement | null = null;
  let trouble: Pick<Judgement, 'code' | 'reason'> | null = null;

  function judge(atMs: number): Judgement {
    if (way.status !== 'open') {
      const state = way.status === 'connecting' ? 'connecting' : 'waiting';
      return { state, code: way.code, reason: way.reason };
    }
    if (refusal !== null) return refusal;
    if (trouble?.code === 'DRIVER_FAILED') return { state: 'babbling', ...trouble };
    if (droppedMs !== null && atMs - droppedMs < FLOOD_OVER_MS)
      return { state: 'babbling', code: 'SOURCE_FLOOD', reason: advice.flood() };
    const quietMs = atMs - heardMs;
    const noise = unread.judge(atMs, quietMs, counts.observations > 0);
    return noise ?? judgeSilence(quietMs) ?? { ...wellBeing(), ...trouble };
  }

  function judgeSilence(quietMs: number): Judgement | null {
    if (cadenceMs === null || quietMs < quietAfterMs) return null;
    if (unread.bytes > 0) {
      const reason = `the device speaks (${unread.bytes} bytes), but said nothing to record for ${seconds(quietMs)}`;
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
        unread.reopened();
      }
      way = next;
    },
    bytes(chunk) {
      counts.bytes += chunk.length;
      unread.came(chunk);
    },
    observed(count, atMs) {
      counts.observations += count;
      heardMs = atMs;
      unread.observed();
      if (trouble !== null) trouble = null;
    },
    rejected(rejection) {
      counts.rejected++;
      unread.rejected(rejection);
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
      return unread.isNoise;
    },
    judge,
  };
}
