/** What the page knows of the evidence of a range after judging it: plain data, for it comes out of a worker. */
import type { StreamSummary } from '../../../src/completeness/stream-summary.ts';
import type { Judged, Refused, SeenBlock } from './examination.ts';

export interface RangeJudged extends Judged {
  readonly agent: string | null;
  readonly period: { readonly from: number; readonly to: number } | null;
  readonly streams: readonly StreamSummary[];
  /** What the file says was computed; recomputed only if that claim holds. */
  readonly number: {
    readonly value: string;
    readonly unit: string;
    readonly projection: string;
    readonly assumptions: string;
  } | null;
}

export type RangeExamination = RangeJudged | Refused;

export interface RangeTask {
  readonly file: Uint8Array;
  readonly policy: Uint8Array;
}

/** To the worker: first what to judge, then what the ledger says of the block it named. */
export type ToWorker =
  | { readonly kind: 'open'; readonly task: RangeTask }
  | { readonly kind: 'judge'; readonly blocks: readonly SeenBlock[] };

export type FromWorker =
  | { readonly kind: 'block'; readonly number: number | null }
  | { readonly kind: 'judged'; readonly examination: RangeExamination };
