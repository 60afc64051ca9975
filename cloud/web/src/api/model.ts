/** What the server says, as this page holds it. Times are ms since the Unix epoch. */

/** The steps of hardening, weakest first. */
export const STAGES = ['sealed', 'logged', 'witnessed', 'anchored', 'final'] as const;
export type Stage = (typeof STAGES)[number];
export type EvidenceState = Stage | 'broken' | 'missing' | 'erased';

/** Each stage is a site-log size: an entry with a smaller index has passed it. */
export interface Watermarks extends Readonly<Record<Stage, number>> {
  readonly origin: string;
}

/** Of every site log, by its origin. */
export type Marks = ReadonlyMap<string, Watermarks>;

export interface LedgerPlace {
  readonly rpc: string;
  readonly chainId: number;
  readonly contract: string;
}

export interface Status {
  readonly demonstration: boolean;
  readonly version: string;
  readonly origins: readonly Watermarks[];
  readonly ledger: LedgerPlace | null;
}

export interface StreamKey {
  readonly agent: string;
  readonly source: string;
  readonly device: string;
}

export interface StreamField {
  readonly name: string;
  readonly unit: string | null;
}

export interface Stream extends StreamKey {
  readonly kind: string;
  readonly origin: string;
  readonly fields: readonly StreamField[];
}

/** `value` is the device's digits: text, never a float. */
export interface ReadingField extends StreamField {
  readonly value: string;
  readonly code: string | null;
}

export interface Reading extends StreamKey {
  readonly seq: number;
  readonly n: number;
  readonly kind: string;
  readonly time: number;
  /** The site log it is in: a stream goes on in the next one when its log was closed. */
  readonly origin: string;
  /** Index of the seal in that log. */
  readonly entry: number;
  readonly state: EvidenceState;
  readonly fields: readonly ReadingField[];
}

/** Floats for drawing only. Evidence is never read from here. */
export interface Series {
  readonly unit: string | null;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export const sameStream = (a: StreamKey, b: StreamKey): boolean =>
  a.agent === b.agent && a.source === b.source && a.device === b.device;
