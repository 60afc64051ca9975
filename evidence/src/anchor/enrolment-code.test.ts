import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { createEnrolmentCode, formatEnrolmentCode, parseEnrolmentCode } from './enrolment-code.ts';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const codes = bytes(13).map(createEnrolmentCode);
const malformed = expect.objectContaining({ code: 'CODE_MALFORMED' });

describe('an enrolment code', () => {
  it('is five groups of four with a check digit, and is read back', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const text = formatEnrolmentCode(code);
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
        expect(parseEnrolmentCode(text)).toEqual(code);
      }),
    );
  });

  it('is worked out by hand: bits, digits, check', () => {
    // 1, 2, 3 are the bits 00000 00100 00001 00000 0011: digits 0 4 1 0; the secret is 80 bits of one.
    const code = createEnrolmentCode(Uint8Array.from([1, 2, 3, ...Array(10).fill(255)]));
    expect([code.invitation, toHex(code.secret)]).toEqual(['0410', 'ff'.repeat(10)]);
    // 4a^2 + a^3 + 31(a^5 + … + a^20) over x^5 + x^2 + 1.
    expect(formatEnrolmentCode(code)).toBe(`0410-ZZZZ-ZZZZ-ZZZZ-ZZZZ${byHand()}`);
  });

  it('forgives what telephones and thumbs do to it', () => {
    const text = formatEnrolmentCode({ invitation: '0110', secret: new Uint8Array(10) });
    const spoken = text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replace('1', 'l');
    expect(parseEnrolmentCode(` ${spoken}\n`)).toEqual(parseEnrolmentCode(text));
    expect(parseEnrolmentCode(text.replace('1', 'I').replaceAll('-', ''))).toEqual(
      parseEnrolmentCode(text),
    );
  });

  it('shows one wrong character, and any two in each other’s place', () => {
    fc.assert(
      fc.property(codes, fc.nat(20), fc.nat(20), fc.nat(31), (code, one, other, digit) => {
        const digits = [...formatEnrolmentCode(code).replaceAll('-', '')];
        const wrong = digits.with(one, DIGITS.charAt(digit)).join('');
        if (wrong !== digits.join('')) expect(() => parseEnrolmentCode(wrong)).toThrow(malformed);
        // The check digit has no weight of its own among the others, so it is left where it is.
        if (one === 20 || other === 20) return;
        const swapped = digits.with(one, digits[other]!).with(other, digits[one]!).join('');
        if (swapped !== digits.join(''))
          expect(() => parseEnrolmentCode(swapped)).toThrow(malformed);
      }),
    );
  });

  it.each([
    ['U in the code', 'UUUU-0000-0000-0000-00000', '"U" is not used'],
    ['half a code', '0000-0000', '21 digits and letters are expected, there are 8'],
    ['nothing', '', 'there are 0'],
    ['an emoji', '🦭'.repeat(21), 'is not used'],
  ])('refuses %s with a sentence', (_, text, message) => {
    expect(() => parseEnrolmentCode(text)).toThrow(message);
    expect(() => parseEnrolmentCode(text)).toThrow('read it again');
  });

  it('gives a code or a refusal for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        try {
          parseEnrolmentCode(text);
        } catch (error) {
          expect(error).toBeInstanceOf(EvidenceError);
          expect(error).toEqual(malformed);
        }
      }),
    );
  });
});

/** The check digit of the example, each product multiplied out with a table of the powers of a. */
function byHand(): string {
  const powers = [1];
  for (let k = 1; k < 31; k += 1) {
    const doubled = powers[k - 1]! * 2;
    powers.push(doubled >= 32 ? (doubled - 32) ^ 0b00101 : doubled);
  }
  const times = (digit: number, power: number) =>
    [0, 1, 2, 3, 4].reduce(
      (product, bit) => ((digit >> bit) & 1 ? product ^ powers[(power + bit) % 31]! : product),
      0,
    );
  const digits = [0, 4, 1, 0, ...Array<number>(16).fill(31)];
  return DIGITS.charAt(digits.reduce((sum, digit, k) => sum ^ times(digit, k + 1), 0));
}
