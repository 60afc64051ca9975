/**
 * The twin of a sensitive position: says in which cell and period it lies, and of which reading it speaks, and nothing
 * more. In stream `<source>~cell` of the same device, kind `position`, driver `sigill`; its fields:
 *   cell.exact       leaf hash of the exact reading; its salt keeps anybody from guessing back
 *   cell.grid        `c-squares`
 *   cell.id          the cell
 *   cell.period      ms; the twin's time is the period's beginning, UTC
 *   cell.resolution  side of the cell, degrees
 * Nothing in a twin's bytes depends on where in its cell or when in its period the fix was.
 * @module
 */
import { type Field, parseDecimal, type Reading } from '@sigill/evidence';
import { C_SQUARES } from '@sigill/firmware-bridge';
import type { OwedTwin } from './cell-twin-state.ts';
import type { ClockState } from './clock.ts';
import { AGENT_DRIVER, cellSourceOf, exactSourceOf, isCellSource } from './sources/source-plan.ts';
import type { Statement } from './stamp.ts';

/** Positions that have no twin because more came than are kept in mind. */
export interface CellGap {
  readonly source: string;
  readonly device: string;
  /** Whole periods. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** When twins are sealed, and by which clock; alike for all that are sealed together. */
export interface SealingMoment {
  /** The mark at which they are sealed. */
  readonly markMs: number;
  readonly uptimeMs: number;
  readonly clock: ClockState;
}

// From the mark until the batch is closed: the block that an earlier header names may be that new.
export const SEALING_TAKES_MS = 60_000;

export function twinStatement(twin: OwedTwin, moment: SealingMoment): Statement {
  return {
    source: cellSourceOf(twin.source),
    device: twin.device,
    kind: 'position',
    driver: AGENT_DRIVER,
    deviceTime: null,
    frameHash: null,
    fields: twinFields(twin),
    moment: { time: twin.time, clock: coarseClock(twin, moment) },
  };
}

function twinFields({ cell, side, periodMs, exact }: OwedTwin): Field[] {
  const period = { mantissa: BigInt(periodMs), exponent: 0 };
  return [
    { name: 'cell.exact', value: exact, unit: null, code: null },
    { name: 'cell.grid', value: C_SQUARES, unit: null, code: null },
    { name: 'cell.id', value: cell, unit: null, code: null },
    { name: 'cell.period', value: period, unit: 'ms', code: null },
    { name: 'cell.resolution', value: parseDecimal(side), unit: 'deg', code: null },
  ];
}

/**
 * The fix came some time from the beginning of its period until the sealing; by how much is left open, in whole periods,
 * so that ledger times are compared fairly with a time that is none to the second.
 */
function coarseClock(
  { time, periodMs }: OwedTwin,
  { markMs, uptimeMs, clock }: SealingMoment,
): Reading['clock'] {
  const periods = Math.max(1, Math.ceil(Math.abs(markMs - time) / periodMs));
  return {
    quality: 1,
    maxErrorMs: periods * periodMs + SEALING_TAKES_MS + (clock.maxErrorMs ?? 0),
    deviceTime: null,
    uptimeMs: Math.floor(uptimeMs / periodMs) * periodMs,
  };
}

/** The leaf hash of the reading that a twin is of; null for any other reading. */
export function exactOf({ source, kind, fields }: Reading): Uint8Array | null {
  if (!isCellSource(source) || kind !== 'position') return null;
  const value = fields.find(({ name }) => name === 'cell.exact')?.value;
  return value instanceof Uint8Array ? value : null;
}

/** The exact stream whose positions without a twin this gap tells. */
export function floodOf(reading: Reading): { source: string; device: string } | null {
  const { source, device, kind, fields } = reading;
  const cause = fields.find(({ name }) => name === 'gap.cause')?.value;
  if (!isCellSource(source) || kind !== 'gap' || cause !== 'flood') return null;
  return { source: exactSourceOf(source), device };
}
