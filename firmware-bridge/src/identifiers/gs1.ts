/**
 * What GS1 keys are made of: check digits, characters, escapes.
 * Spec: GS1 General Specifications §7.9 (check digits), figure 7.11 (character set 82) and 7.11-2 (39);
 * EPC Tag Data Standard 1.13 §7 and table A-1 (escapes).
 * @module
 */
import { IdentifierError, shown } from './errors.ts';

/** The digit that makes a key whole: weights 3 and 1 by turns, 3 at the right. */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++)
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}

/** @throws IdentifierError IDENTIFIER_CHECK_DIGIT */
export function assertCheckDigit(digits: string, what: string): void {
  const due = checkDigit(digits.slice(0, -1));
  if (digits.endsWith(due)) return;
  throw new IdentifierError(
    'IDENTIFIER_CHECK_DIGIT',
    `${what} ${shown(digits)} ends in ${digits.at(-1)}; its check digit is ${due}`,
  );
}

const SET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/;
const SET_39 = /^[#\-/0-9A-Z]*$/;

export type CharacterSet = '82' | '39';

/** @throws IdentifierError IDENTIFIER_SYNTAX, IDENTIFIER_RANGE */
export function assertText(text: string, set: CharacterSet, most: number, what: string): string {
  if (!(set === '82' ? SET_82 : SET_39).test(text))
    throw new IdentifierError(
      'IDENTIFIER_SYNTAX',
      `the ${what} ${shown(text)} has a character that GS1 does not allow there`,
    );
  if (text.length === 0 || text.length > most)
    throw new IdentifierError(
      'IDENTIFIER_RANGE',
      `the ${what} has 1 to ${most} characters, not ${text.length}`,
    );
  return text;
}

/** @throws IdentifierError IDENTIFIER_SYNTAX */
export function assertDigits(text: string, length: number, what: string): string {
  if (new RegExp(`^\\d{${length}}$`).test(text)) return text;
  throw new IdentifierError(
    'IDENTIFIER_SYNTAX',
    `the ${what} has ${length} digits, not ${shown(text)}`,
  );
}

// TDS 1.13 table A-1: what must not stand bare in an EPC URI.
const ESCAPED = /["#%&/<>?]/g;

/** As a part of an EPC URI. */
export function escapeUri(text: string): string {
  return text.replace(ESCAPED, percent);
}

/** @throws IdentifierError IDENTIFIER_SYNTAX */
export function unescapeUri(text: string): string {
  const plain = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const bare = /%(?![0-9A-Fa-f]{2})/.exec(text) ?? text.match(/["#&/<>?\s]/);
  if (bare === null) return plain;
  throw new IdentifierError(
    'IDENTIFIER_SYNTAX',
    `${shown(bare[0])} in ${shown(text)} must be written as ${percent(bare[0][0] ?? '')} in an EPC URI`,
  );
}

/** As a path segment of a GS1 Digital Link: all but letters, digits and - . _ ~ is escaped. */
export function escapePath(text: string): string {
  return text.replace(/[^A-Za-z0-9\-._~]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
