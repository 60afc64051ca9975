/**
 * What one line or frame of a scale says, before it is an observation.
 * @module
 */
import { type Decimal, parseDecimal } from '@sigill/evidence';
import type { ObservedField } from '../../driver.ts';

export type WeightName = 'weight.gross' | 'weight.net' | 'weight.tare';

export interface Statement {
  /** weight: of what lies on the scale; scale: of the scale itself. */
  readonly kind: 'weight' | 'scale';
  /** Null where nobody says. */
  readonly stable: boolean | null;
  readonly fields: Readonly<Record<string, ObservedField>>;
}

/** The units of mass of the table, as scales write them. */
const UNITS: Readonly<Record<string, string>> = {
  kg: 'kg',
  g: 'g',
  t: 't',
  lb: '[lb_av]',
  oz: '[oz_av]',
  ozt: '[oz_tr]',
  dwt: '[pwt_tr]',
  ton: '[ston_av]',
};

/** A weight in a unit of the table; in any other it is kept under the scale's own name: pieces, carats, per cent. */
export function weightField(
  name: WeightName,
  value: Decimal,
  unit: string,
  code: string,
): Record<string, ObservedField> {
  const known = UNITS[unit];
  if (known !== undefined) return { [name]: { value, unit: known, code } };
  return { [name.replace('weight', 'other.scale')]: { value, unit: unit || null, code } };
}

/** `+0012345`, `  4.876`, `-  12.`; null: no number. */
export function weightOf(text: string): Decimal | null {
  const [matched, sign = '', digits = ''] = /^([+-]?) *(\d{1,9}(?:\.\d{0,9})?)$/.exec(text) ?? [];
  return matched === undefined ? null : parseDecimal(`${sign}${digits.replace(/\.$/, '')}`);
}

export function saying(value: string | boolean, code: string): ObservedField {
  return { value, unit: null, code };
}
