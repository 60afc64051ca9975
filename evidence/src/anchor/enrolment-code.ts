/**
 * What an operator reads to a technician over a telephone: 20 digits of Crockford's base 32 and a check digit.
 *
 *   XXXX-XXXX-XXXX-XXXX-XXXXC     the first four name the invitation, the next sixteen are its secret (80 bits)
 * @module
 */
import { clip } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';

export interface EnrolmentCode {
  /** Four digits. Not secret. */
  readonly invitation: string;
  /** 10 bytes. */
  readonly secret: Uint8Array;
}

// Crockford: without I, L, O and U, which are misread or spell words.
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MISREAD: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };
const NAME_DIGITS = 4;
const SECRET_BYTES = 10;
const CODE_DIGITS = 20;
export const ENROLMENT_CODE_RANDOM_BYTES = 13;

/** @param random 13 bytes: 20 bits of them name the invitation, 80 are its secret */
export function createEnrolmentCode(random: Uint8Array): EnrolmentCode {
  if (random.length !== ENROLMENT_CODE_RANDOM_BYTES)
    throw new RangeError(`13 bytes expected, got ${random.length}`);
  const name = toDigits(random.subarray(0, 3)).slice(0, NAME_DIGITS);
  return { invitation: format(name), secret: random.slice(3) };
}

export function formatEnrolmentCode({ invitation, secret }: EnrolmentCode): string {
  const digits = [...[...invitation].map((one) => DIGITS.indexOf(one)), ...toDigits(secret)];
  const whole = format([...digits, checkDigit(digits)]);
  return [0, 4, 8, 12, 16].map((at) => whole.slice(at, at === 16 ? 21 : at + 4)).join('-');
}

/** Takes what people type: lower case, spaces, O for 0, I and L for 1. @throws EvidenceError CODE_MALFORMED */
export function parseEnrolmentCode(text: string): EnrolmentCode {
  const digits = [...text.toUpperCase().replace(/[-\s]/g, '')].map((found) => {
    const digit = DIGITS.indexOf(MISREAD[found] ?? found);
    if (digit === -1)
      throw malformed(
        `${clip(found)} is not used in codes: they have digits, and letters but no U`,
      );
    return digit;
  });
  if (digits.length !== CODE_DIGITS + 1)
    throw malformed(
      `${CODE_DIGITS + 1} digits and letters are expected, there are ${digits.length}`,
    );
  const [code, check] = [digits.slice(0, CODE_DIGITS), digits[CODE_DIGITS]];
  if (checkDigit(code) !== check)
    throw malformed('one character is wrong, or two are in each other’s place');
  return {
    invitation: format(code.slice(0, NAME_DIGITS)),
    secret: fromDigits(code.slice(NAME_DIGITS)),
  };
}

function format(digits: readonly number[]): string {
  return digits.map((digit) => DIGITS.charAt(digit)).join('');
}

/** Five bits a digit, the highest first; bits left over are dropped. */
function toDigits(bytes: Uint8Array): number[] {
  const digits: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) digits.push((value >> (bits - 5)) & 31);
    value &= 31;
  }
  return digits;
}

function fromDigits(digits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(SECRET_BYTES);
  let value = 0n;
  for (const digit of digits) value = (value << 5n) | BigInt(digit);
  for (let at = SECRET_BYTES - 1; at >= 0; at -= 1, value >>= 8n) bytes[at] = Number(value & 255n);
  return bytes;
}

/**
 * The sum of digit k times a^(k+1) in the field of 32 elements, a a root of x^5 + x^2 + 1. The weights differ,
 * so one wrong digit always shows, and so do two digits that changed places, wherever they stand.
 */
function checkDigit(digits: readonly number[]): number {
  // Horner's rule: each step multiplies what is there by a.
  return digits.toReversed().reduce((sum, digit) => timesRoot(sum ^ digit), 0);
}

function timesRoot(element: number): number {
  const doubled = element << 1;
  return doubled & 32 ? (doubled ^ 0b100101) & 31 : doubled;
}

function malformed(message: string): EvidenceError {
  return new EvidenceError(
    'CODE_MALFORMED',
    `this is no enrolment code: ${message}; read it again, group by group`,
  );
}
