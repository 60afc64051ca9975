/** What the page shows of a judged file: plain data, small however large the file. */
import type { Claim } from '@sigill/evidence';

export interface Question {
  readonly file: Uint8Array;
  /** In its canonical form; null while there is none. */
  readonly policy: string | null;
  /** A block's hash, as a person found it elsewhere. */
  readonly block: SeenHash | null;
}

export interface SeenHash {
  readonly number: number;
  /** 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly source: string;
}

export type Examination = Judged | Refused;

export interface Judged {
  readonly outcome: 'judged';
  readonly kind: 'reading' | 'range' | 'number';
  readonly fileHash: string;
  readonly claims: readonly Claim[];
  /** The block that the ledger's proof stands in; its hash in 64 hexadecimal digits. */
  readonly block: { readonly number: number; readonly hash: string } | null;
  /** Null of many. */
  readonly reading: ShownReading | null;
  /** Null of one. */
  readonly range: ShownRange | null;
}

/** Refused before any claim: not canonical, cut off, parts missing or in excess. */
export interface Refused {
  readonly outcome: 'refused';
  readonly fileHash: string;
  readonly code: string;
  readonly detail: string;
}

export interface ShownField {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
  /** A number, not a text or a name. */
  readonly measures: boolean;
}

export interface ShownReading {
  readonly agent: string;
  readonly n: number;
  readonly source: string;
  readonly device: string;
  readonly kind: string;
  readonly time: number;
  readonly fields: readonly ShownField[];
  /** The one that is shown large; null where none is a number or a name worth it. */
  readonly leading: ShownField | null;
}

export interface ShownRange {
  readonly agent: string | null;
  readonly period: { readonly from: number; readonly to: number } | null;
  readonly number: {
    readonly value: string;
    readonly unit: string;
    readonly projection: string;
    readonly assumptions: string;
  } | null;
  readonly streams: readonly ShownStream[];
}

export interface ShownStream {
  readonly source: string;
  readonly device: string;
  readonly first: number;
  readonly count: number;
  /** Of `count`, those that are there. */
  readonly present: number;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  /** Missing numbers that follow on each other, with the operator's reason where they were erased; the first of them. */
  readonly holes: readonly HoleRun[];
  readonly holeRuns: number;
  /** Silences that the agent itself told; the first of them. */
  readonly gaps: readonly ShownGap[];
  readonly gapCount: number;
  /** The fields that `rows` has, in their order. */
  readonly columns: readonly { readonly name: string; readonly unit: string | null }[];
  /** The first and the last readings. */
  readonly rows: readonly ShownRow[];
  /** The first column as a curve; null where it is no number. */
  readonly curve: Curve | null;
}

export interface HoleRun {
  readonly from: number;
  readonly to: number;
  readonly erased: string | null;
}

export interface ShownGap {
  readonly from: number | null;
  readonly to: number | null;
  readonly count: string | null;
  readonly cause: string;
}

export interface ShownRow {
  readonly n: number;
  readonly time: number;
  readonly kind: string;
  /** By column; null where the reading has no such field. */
  readonly values: readonly (string | null)[];
}

export interface Curve {
  readonly low: number;
  readonly high: number;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly time: number;
  readonly low: number;
  readonly high: number;
  /** A reading between this point and the one before is missing. */
  readonly broken: boolean;
}
