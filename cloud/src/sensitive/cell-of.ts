/** The grids whose cells can be computed here. */
import { type CellOf, formatDecimal } from '@sigill/evidence';
import { C_SQUARES, SQUARE_SIDES, squareOf } from '@sigill/firmware-bridge/quantities';

export const cellOf: CellOf = (grid, resolution, latitude, longitude) => {
  const text = formatDecimal(resolution);
  const side = SQUARE_SIDES.find((known) => known === text);
  return grid === C_SQUARES && side !== undefined ? squareOf(side, latitude, longitude) : null;
};
