/**
 * The closed table of names a field may have, so that every thermometer says `temperature`.
 * What no name fits is `other.<protocol>.<code>`.
 * @module
 */
import { type Quantity, quantityTable } from './quantity-table.ts';

export {
  boundsOfSquare,
  C_SQUARES,
  SQUARE_SIDES,
  type SquareBounds,
  type SquareSide,
  sideForMetres,
  squareOf,
} from './grid/c-squares.ts';
export { MAX_LOGGED_FAILURES, MAX_LOGGED_PEAKS, type Quantity } from './quantity-table.ts';
export { type Dimension, isUnitOf, toBaseUnit, unitsOf } from './units.ts';

export const quantities: ReadonlyMap<string, Quantity> = new Map(
  quantityTable.map((quantity) => [quantity.name, quantity]),
);

const OTHER = /^other\.[a-z0-9-]+\..+$/;

/** Whether a field may have this name: one of the table, or `other.<protocol>.<code>`. */
export function isKnownName(name: string): boolean {
  return quantities.has(name) || OTHER.test(name);
}
