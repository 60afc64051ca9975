/**
 * Which twins are still owed: a fold over readings, like everything an agent must know to go on. So a kill loses no
 * twin, and seals none twice.
 * @module
 */
import {
  type CborValue,
  type Decimal,
  isDecimal,
  leafHash,
  parseDecimal,
  type Reading,
  toHex,
} from '@sigill/evidence';
import { type SquareSide, sideForMetres, squareOf } from '@sigill/firmware-bridge';
import { type CellGap, exactOf, floodOf } from './cell-twin.ts';
import { parseCell, type Sensitivity } from './sources/sensitivity.ts';
import { isCellSource, type SourcePlan } from './sources/source-plan.ts';

/** A twin to be sealed when its period is over. */
export interface OwedTwin {
  /** Of the exact reading. */
  readonly source: string;
  readonly device: string;
  readonly cell: string;
  readonly side: SquareSide;
  /** Start of the coarse period. */
  readonly time: number;
  readonly periodMs: number;
  /** Leaf hash of the exact reading. */
  readonly exact: Uint8Array;
}

export interface TwinState {
  /** By the leaf hash of the exact reading. */
  readonly owed: Map<string, OwedTwin>;
  /** Positions beyond what is kept in mind, by stream; told by a gap. */
  readonly untold: Map<string, CellGap>;
}

// Half a megabyte in each segment's snapshot. Ten collars that tell their place each five minutes make 2,880 in a day.
export const MAX_OWED_TWINS = 4000;

export function createTwinState(): TwinState {
  return { owed: new Map(), untold: new Map() };
}

/** @param bytes the reading as it is in its batch */
export function applyToTwins(
  state: TwinState,
  plans: ReadonlyMap<string, SourcePlan>,
  reading: Reading,
  bytes: Uint8Array,
): void {
  const sensitivity = plans.get(reading.source)?.sensitive;
  if (sensitivity) owe(state, sensitivity, reading, bytes);
  else if (isCellSource(reading.source)) settle(state, reading);
}

function owe(
  { owed, untold }: TwinState,
  { cell, periodMs }: Sensitivity,
  reading: Reading,
  bytes: Uint8Array,
): void {
  const place = placeOf(cell, reading);
  if (place === null) return;
  const { source, device } = reading;
  const time = Math.floor(reading.time / periodMs) * periodMs;
  if (owed.size < MAX_OWED_TWINS) {
    const exact = leafHash(bytes);
    owed.set(toHex(exact), { source, device, ...place, time, periodMs, exact });
    return;
  }
  const key = `${source}\n${device}`;
  const known = untold.get(key) ?? { source, device, from: time, to: time, count: 0 };
  const from = Math.min(known.from, time);
  const to = Math.max(known.to, time + periodMs);
  untold.set(key, { ...known, from, to, count: known.count + 1 });
}

function settle({ owed, untold }: TwinState, reading: Reading): void {
  const exact = exactOf(reading);
  if (exact !== null) owed.delete(toHex(exact));
  const flood = floodOf(reading);
  if (flood !== null) untold.delete(`${flood.source}\n${flood.device}`);
}

/** Null for a reading that does not say where. */
function placeOf(cell: string, { fields }: Reading): Pick<OwedTwin, 'cell' | 'side'> | null {
  const find = (name: string) => toDecimal(fields.find((field) => field.name === name)?.value);
  const latitude = find('position.latitude');
  const longitude = find('position.longitude');
  const size = parseCell(cell);
  if (latitude === null || longitude === null || size === null) return null;
  const side = 'side' in size ? size.side : sideForMetres(size.metres, latitude);
  const square = side === null ? null : squareOf(side, latitude, longitude);
  return side === null || square === null ? null : { cell: square, side };
}

const NUMBER = /^[+-]?\d{1,64}(\.\d{1,64})?$/;

/** Digits beyond int64 travel as text. */
function toDecimal(value: unknown): Decimal | null {
  if (isDecimal(value)) return value;
  return typeof value === 'string' && NUMBER.test(value) ? parseDecimal(value) : null;
}

export function encodeTwinState({ owed, untold }: TwinState): CborValue {
  return [
    [...owed.values()].map((twin) => [
      ...[twin.source, twin.device, twin.cell, twin.side],
      ...[twin.time, twin.periodMs, twin.exact],
    ]),
    [...untold.values()].map((gap) => [gap.source, gap.device, gap.from, gap.to, gap.count]),
  ];
}

export type EncodedTwinState = [
  [string, string, string, SquareSide, number, number, Uint8Array][],
  [string, string, number, number, number][],
];

/** @param encoded undefined in journals of earlier versions */
export function decodeTwinState(encoded: EncodedTwinState | undefined): TwinState {
  const state = createTwinState();
  for (const [source, device, cell, side, time, periodMs, exact] of encoded?.[0] ?? [])
    state.owed.set(toHex(exact), { source, device, cell, side, time, periodMs, exact });
  for (const [source, device, from, to, count] of encoded?.[1] ?? [])
    state.untold.set(`${source}\n${device}`, { source, device, from, to, count });
  return state;
}
