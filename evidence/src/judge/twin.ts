/**
 * Opens a twin: whether an exact reading is the one that a coarse twin was sealed of, and lies where and when the twin
 * says. Pure: which cell of a grid a position lies in is handed in.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { type Decimal, isDecimal, parseDecimal } from '../bytes/decimal.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { type FieldValue, isTwin, type Reading } from '../reading/reading.ts';
import { tryTo } from './claims.ts';
import type { EvidenceFile } from './evidence-file.ts';
import { type JudgeOptions, judge } from './judge.ts';
import type { Policy } from './policy.ts';
import { type ClaimId, type Holds, isProven, type Verdict } from './verdict.ts';

/** The cell of a position; null if this grid or this side of its cells is not known here. */
export type CellOf = (
  grid: string,
  resolution: Decimal,
  latitude: Decimal,
  longitude: Decimal,
) => string | null;

/** In the order in which they are told, after the claims of both files. */
export const OPENING_CLAIMS = [
  /** The twin names the exact reading by its leaf hash. */
  'names',
  /** Both are of one device at one source of one agent. */
  'stream',
  /** The fix lies in the cell. */
  'cell',
  /** The fix was in the period. */
  'period',
] as const;
export type OpeningClaimId = (typeof OPENING_CLAIMS)[number];

export type OpeningReason =
  | 'NOT_A_TWIN'
  | 'NO_READING'
  | 'OTHER_READING'
  | 'OTHER_STREAM'
  | 'NO_POSITION'
  | 'NO_GRID'
  | 'OTHER_CELL'
  | 'OTHER_PERIOD';

export interface OpeningClaim {
  readonly claim: OpeningClaimId;
  readonly holds: Holds;
  readonly reason: OpeningReason | null;
  /** What proves it, or why it does not hold, in English. */
  readonly detail: string;
}

export interface OpeningVerdict {
  readonly kind: 'opening';
  readonly twin: Verdict;
  readonly exact: Verdict;
  readonly claims: readonly OpeningClaim[];
}

/** Nothing finer than this follows from the twin; that the fix lies in the cell the agent attested. */
export interface Twin {
  readonly exact: Uint8Array;
  readonly grid: string;
  readonly cell: string;
  readonly resolution: Decimal;
  /** ms since the Unix epoch. */
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** @throws EvidenceError EVIDENCE_FORM for a part that nothing refers to */
export function judgeOpening(
  twinFile: EvidenceFile,
  exactFile: EvidenceFile,
  policy: Policy | null,
  options: JudgeOptions,
  cellOf: CellOf,
): OpeningVerdict {
  const twin = judge(twinFile, policy, options);
  const exact = judge(exactFile, policy, options);
  const claims = judgePair(twin.reading, exact.reading, exactFile.readings[0]!.bytes, cellOf);
  return { kind: 'opening', twin, exact, claims };
}

/** All that both files claim, and the opening itself. */
export function isOpened(
  { twin, exact, claims }: OpeningVerdict,
  waived: readonly ClaimId[] = [],
): boolean {
  return (
    isProven(twin, waived) &&
    isProven(exact, waived) &&
    claims.every(({ holds }) => holds === 'yes')
  );
}

/** What a twin says; null for a reading that is none, or lacks a part. */
export function readTwin(reading: Reading): Twin | null {
  const field = (name: string) => reading.fields.find((one) => one.name === name)?.value;
  const exact = field('cell.exact');
  const [grid, cell, resolution] = [field('cell.grid'), field('cell.id'), field('cell.resolution')];
  const period = toDecimal(field('cell.period'));
  if (!isTwin(reading) || !(exact instanceof Uint8Array) || exact.length !== 32) return null;
  if (typeof grid !== 'string' || typeof cell !== 'string' || !isDecimal(resolution)) return null;
  if (period === null || period.exponent !== 0 || period.mantissa <= 0n) return null;
  const to = reading.time + Number(period.mantissa);
  if (!Number.isSafeInteger(to)) return null;
  return { exact, grid, cell, resolution, from: reading.time, to };
}

function judgePair(
  twinReading: Reading | null,
  exact: Reading | null,
  exactBytes: Uint8Array,
  cellOf: CellOf,
): OpeningClaim[] {
  const twin = twinReading && readTwin(twinReading);
  if (twinReading === null || twin === null)
    return OPENING_CLAIMS.map((claim) => no(claim, 'NOT_A_TWIN', 'the first file is of no twin'));
  if (exact === null)
    return OPENING_CLAIMS.map((claim) => no(claim, 'NO_READING', 'the bytes are no reading'));
  return [
    judgeName(twin, exactBytes),
    judgeStream(twinReading, exact),
    judgeCell(twin, exact, cellOf),
    judgePeriod(twin, exact),
  ];
}

function judgeName(twin: Twin, exactBytes: Uint8Array): OpeningClaim {
  return equalBytes(leafHash(exactBytes), twin.exact)
    ? yes('names', 'the leaf hash in the twin is that of the exact reading, salt and all')
    : no('names', 'OTHER_READING', 'the twin was sealed of another reading');
}

function judgeStream(twin: Reading, exact: Reading): OpeningClaim {
  const isSame =
    equalBytes(twin.agent, exact.agent) &&
    twin.source === `${exact.source}~cell` &&
    twin.device === exact.device;
  return isSame
    ? yes('stream', `source ${exact.source}, device ${exact.device}, of one agent`)
    : no('stream', 'OTHER_STREAM', 'the twin is of another agent, source or device');
}

function judgeCell(twin: Twin, exact: Reading, cellOf: CellOf): OpeningClaim {
  const position = (name: string) =>
    toDecimal(exact.fields.find((field) => field.name === name)?.value);
  const latitude = position('position.latitude');
  const longitude = position('position.longitude');
  if (latitude === null || longitude === null)
    return no('cell', 'NO_POSITION', 'the exact reading does not say where');
  const cell = cellOf(twin.grid, twin.resolution, latitude, longitude);
  if (cell === null)
    return {
      ...no('cell', 'NO_GRID', `no cell of grid ${twin.grid} can be found here`),
      holds: 'not checked',
    };
  return cell === twin.cell
    ? yes('cell', `the fix lies in cell ${cell} of ${twin.grid}`)
    : no('cell', 'OTHER_CELL', `the fix lies in cell ${cell}, the twin names ${twin.cell}`);
}

function judgePeriod({ from, to }: Twin, { time }: Reading): OpeningClaim {
  const words = `${isoTime(from)} to ${isoTime(to)}`;
  // A period begins alike for everyone: by its beginning alone it could tell more.
  const isAligned = from % (to - from) === 0;
  return isAligned && from <= time && time < to
    ? yes('period', `read within ${words}`)
    : no('period', 'OTHER_PERIOD', `read at ${isoTime(time)}, the twin says ${words}`);
}

function toDecimal(value: FieldValue | undefined): Decimal | null {
  if (isDecimal(value)) return value;
  return typeof value === 'string' ? tryTo(() => parseDecimal(value)) : null;
}

function yes(claim: OpeningClaimId, detail: string): OpeningClaim {
  return { claim, holds: 'yes', reason: null, detail };
}

function no(claim: OpeningClaimId, reason: OpeningReason, detail: string): OpeningClaim {
  return { claim, holds: 'no', reason, detail };
}

/** Times here are anybody's claim; beyond the year 275760 no calendar has a name for them. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
