/**
 * What the types of EPC are made of: checks of their parts, and how parts make up a key of GS1.
 * Spec: EPC Tag Data Standard 1.13 §6 and §7.
 * @module
 */
import { IdentifierError, shown } from './errors.ts';
import { assertCheckDigit, assertDigits, assertText, checkDigit } from './gs1.ts';

/** A key in GS1's own words: application identifier and value, and the one that tells equal things apart. */
export interface Gs1Key {
  readonly ai: string;
  readonly value: string;
  readonly serial: { readonly ai: string; readonly value: string } | null;
}

export const MIN_PREFIX = 6;
export const MAX_PREFIX = 12;

/** The company's prefix, then a reference that fills a key of `digits` digits with it. */
export function prefixed(digits: number): (parts: readonly string[]) => void {
  return ([prefix = '', reference = '']) => {
    assertPrefix(prefix);
    assertDigits(reference, digits - prefix.length, 'reference behind the company’s prefix');
  };
}

export function serialRule(
  digits: number,
  what: string,
  check: (serial: string) => void,
): (parts: readonly string[]) => void {
  return (parts) => {
    prefixed(digits)(parts);
    const serial = parts[2] ?? '';
    if (serial === '') throw new IdentifierError('IDENTIFIER_RANGE', `the ${what} is missing`);
    check(serial);
  };
}

export const text = (most: number) => (serial: string) =>
  void assertText(serial, '82', most, 'serial');
export const numeric = (most: number) => (serial: string) => {
  if (!new RegExp(`^\\d{1,${most}}$`).test(serial))
    throw syntax(`the serial has 1 to ${most} digits, not ${shown(serial)}`);
};

export function assertPrefix(prefix: string): void {
  if (/^\d{6,12}$/.test(prefix)) return;
  throw syntax(
    `a company’s prefix has ${MIN_PREFIX} to ${MAX_PREFIX} digits, not ${shown(prefix)}`,
  );
}

// TDS 1.13 §7.9, §7.10: five or six capitals and digits, without I and O.
export function assertCage(cage: string): void {
  if (/^[0-9A-HJ-NP-Z]{5,6}$/.test(cage)) return;
  throw syntax(
    `a CAGE code has 5 and a DoDAAC 6 capitals or digits without I and O, not ${shown(cage)}`,
  );
}

export function whole(digits: string, below: bigint, what: string): void {
  if (!/^(?:0|[1-9]\d{0,18})$/.test(digits))
    throw syntax(`the ${what} is a number without leading zeros, not ${shown(digits)}`);
  if (BigInt(digits) < below) return;
  throw new IdentifierError('IDENTIFIER_RANGE', `the ${what} is below ${below}, not ${digits}`);
}

/** The serial, where a key without one names no single thing. */
export function needed(serial: string | null, otherwise: string): string {
  if (serial !== null) return serial;
  throw syntax(otherwise);
}

export function syntax(message: string): IdentifierError {
  return new IdentifierError('IDENTIFIER_SYNTAX', message);
}

/** The first digit of the reference stands before the prefix: GTIN and SSCC. */
export const inFront = ([prefix = '', reference = '']: readonly string[]) => {
  const digits = `${reference[0]}${prefix}${reference.slice(1)}`;
  return digits + checkDigit(digits);
};
export const fromFront = (key: string, length: number): readonly [string, string] => [
  key.slice(1, 1 + length),
  `${key[0]}${key.slice(1 + length, -1)}`,
];
/** The prefix comes first: all other keys with a check digit. */
export const inOrder = ([prefix = '', reference = '']: readonly string[]) =>
  prefix + reference + checkDigit(prefix + reference);
export const fromOrder = (key: string, length: number): readonly [string, string] => [
  key.slice(0, length),
  key.slice(length, -1),
];

/** A key of digits, check digit last; whatever stands behind it belongs to the same application identifier. */
export function digitKey(key: string, digits: number, what: string): string {
  assertDigits(key, digits, what);
  assertCheckDigit(key, what);
  return key;
}

export function keyOf(ai: string, value: string, serialAi: string, serial: string | null): Gs1Key {
  return { ai, value, serial: serial === null ? null : { ai: serialAi, value: serial } };
}
