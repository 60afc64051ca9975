/**
 * The states of a source, and the words for them.
 * @module
 */
import type { TransportErrorCode } from '@sigill/firmware-bridge';
import type { EdgeErrorCode } from '../errors.ts';
import type { Rejected } from '../quarantine.ts';

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

/** What the sentences say of this one source. */
export interface SourceAdvice {
  silent(quietMs: number): string;
  /** What to make of bytes of which the driver makes nothing: null where they may be all right. */
  unreadable(sample: Uint8Array): Judgement | null;
  mostlyRejected(last: Rejected): string;
  flood(): string;
}

export function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
