import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testTextCodec } from '../testing/codec-contract.ts';
import {
  clip,
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
} from './bytes.ts';

const values = fc.uint8Array({ maxLength: 100 });
testTextCodec('base64', { encode: toBase64, decode: fromBase64, values, codes: ['BASE64_SYNTAX'] });
testTextCodec('hexadecimal', { encode: toHex, decode: fromHex, values, codes: ['HEX_SYNTAX'] });

describe('base64', () => {
  it('is that of RFC 4648 §10', () => {
    const texts = ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'];
    for (const [length, text] of texts.entries()) {
      const bytes = new TextEncoder().encode('foobar'.slice(0, length));
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }
  });

  it.each([
    ['unused bits that are not zero', 'Zh=='],
    ['the same in the last but one', 'Zm9='],
    ['no padding', 'Zg'],
    ['too little padding', 'Zg='],
    ['padding alone', '===='],
    ['padding of three', 'Z==='],
    ['padding within', 'Zg==Zg=='],
    ['the URL alphabet', 'ab-_'],
    ['white space', 'Zm9v\n'],
    ['a space within', 'Zm 9v'],
    ['letters beyond ASCII', 'Zm9é'],
  ])('refuses %s', (_name, text) => {
    expect(() => fromBase64(text)).toThrow(expect.objectContaining({ code: 'BASE64_SYNTAX' }));
  });
});

describe('hexadecimal', () => {
  it.each(['A0', '0', '0x00', '0g', ' 00', '00\n'])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'HEX_SYNTAX' }));
  });
});

describe('comparison', () => {
  it('is bytewise, a prefix before what it begins', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(Math.sign(compareBytes(one, other))).toBe(Buffer.compare(one, other));
        expect(equalBytes(one, other)).toBe(Buffer.compare(one, other) === 0);
        expect(equalBytes(one, one.slice())).toBe(true);
      }),
    );
  });

  it('joins parts in their order', () => {
    fc.assert(
      fc.property(fc.array(values), (parts) => {
        expect(concatBytes(...parts)).toEqual(new Uint8Array(Buffer.concat(parts)));
      }),
    );
  });
});

describe('clip', () => {
  it('keeps foreign text short and on one line', () => {
    expect(clip('a\nb')).toBe('"a\\nb"');
    expect(clip('x'.repeat(10_000)).length).toBeLessThan(50);
  });
});
