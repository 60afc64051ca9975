/**
 * The fields of one observation, filled object by object.
 * @module
 */
import { type Decimal, parseDecimal } from '@sigill/evidence';
import type { FieldValue, ObservedField } from '../../driver.ts';
import { isUnitOf, quantities } from '../../quantities.ts';
import type { P1Object } from './telegram.ts';

export type Fields = Record<string, ObservedField>;

// Eighteen digits fit the reading's int64 whatever they are; a register has at most eleven.
const NUMBER = /^-?(?=[\d.]{1,19}$)\d{1,18}(?:\.\d{1,17})?$/;

const IDENTIFIER = /^[\x20-\x7e]{1,64}$/;

// Units as meters spell them, where that is not the SenML symbol.
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['kVArh', 'kvarh'],
  ['kVARh', 'kvarh'],
  ['VArh', 'varh'],
  ['kVAr', 'kvar'],
  ['kVAR', 'kvar'],
  ['VAr', 'var'],
]);

export interface Measure {
  readonly value: Decimal;
  readonly unit: string;
}

/** A name already taken is told under the object's own code: nothing is overwritten, nothing dropped. */
export function put(
  fields: Fields,
  name: string,
  value: FieldValue,
  unit: string | null,
  code: string,
): void {
  let free = Object.hasOwn(fields, name) ? otherName(code) : name;
  for (let n = 2; Object.hasOwn(fields, free); n++) free = `${otherName(code)}.${n}`;
  fields[free] = { value, unit, code };
}

/** What no name fits, as sent. */
export function putOther(fields: Fields, { code, values }: P1Object): void {
  const raw = values.length === 1 ? (values[0] as string) : `(${values.join(')(')})`;
  put(fields, otherName(code), raw, null, code);
}

export function otherName(code: string): string {
  return `other.dsmr-p1.${code}`;
}

/** The code without IEC 62056-21's `*255`, which says "the value of now". */
export function plainCode(code: string): string {
  return code.endsWith('*255') ? code.slice(0, -4) : code;
}

export function readNumber(text: string | undefined): Decimal | null {
  return text !== undefined && NUMBER.test(text) ? parseDecimal(text) : null;
}

/** `00.244*kW` as a number of the quantity `name`; null if it is none, or in a unit the quantity does not know. */
export function readMeasure(text: string | undefined, name: string): Measure | null {
  const star = text?.indexOf('*') ?? -1;
  if (text === undefined || star < 0) return null;
  return measure(text.slice(0, star), text.slice(star + 1), name);
}

export function measure(digits: string, sentUnit: string, name: string): Measure | null {
  const value = readNumber(digits);
  const unit = unitSymbol(sentUnit);
  const dimension = quantities.get(name)?.dimension;
  return value && dimension && isUnitOf(dimension, unit) ? { value, unit } : null;
}

/** The first identifier that can be a device's name: printable ASCII, at most 64 of it. '' if none can. */
export function identifierOf(sent: readonly (string | undefined)[]): string {
  return sent.find((text) => text !== undefined && IDENTIFIER.test(text)) ?? '';
}

function unitSymbol(sent: string): string {
  return SPELLINGS.get(sent) ?? sent;
}
