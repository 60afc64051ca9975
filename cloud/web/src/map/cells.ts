/** Coarse twins as squares of the published grid they name. Floats are for drawing and for words. Pure. */
import { boundsOfSquare, C_SQUARES, type SquareBounds } from '@sigill/firmware-bridge/quantities';
import type { Reading } from '../api/model.ts';

export interface Cell extends SquareBounds {
  readonly id: string;
}

type Point = readonly [latitude: number, longitude: number];

/** Null for a reading of no twin, or of a grid that is not known here. */
export function cellOf({ fields }: Pick<Reading, 'fields'>): Cell | null {
  const value = (name: string) => fields.find((field) => field.name === name)?.value ?? '';
  if (value('cell.grid') !== C_SQUARES) return null;
  const id = value('cell.id');
  const bounds = boundsOfSquare(id);
  return bounds && { id, ...bounds };
}

/** South-west and north-east. */
export function cornersOf({ south, west, north, east }: SquareBounds): readonly [Point, Point] {
  return [
    [south, west],
    [north, east],
  ];
}

export function middleOf({ south, west, north, east }: SquareBounds): Point {
  return [(south + north) / 2, (west + east) / 2];
}

// A degree of a great circle.
const DEGREE_KM = 111.2;

/** How far it is across, kilometres with two figures: 11 and 5. */
export function sizeOf(bounds: SquareBounds): { readonly high: string; readonly wide: string } {
  const { south, north, west, east } = bounds;
  const [middle] = middleOf(bounds);
  const across = (degrees: number) => twoFigures(degrees * DEGREE_KM);
  return {
    high: across(north - south),
    wide: across((east - west) * Math.cos((middle * Math.PI) / 180)),
  };
}

function twoFigures(kilometres: number): string {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(kilometres)));
  return kilometres >= 100 ? String(Math.round(kilometres / 10) * 10) : kilometres.toFixed(digits);
}
