import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import {
  decodeRlpList,
  decodeRlpString,
  encodeRlpList,
  encodeRlpString,
  type RlpItem,
} from './rlp.ts';
import { encodeRlp, type Rlp } from './trie-fixture.ts';

const { rlp } = fc.letrec<{ rlp: Rlp }>((tie) => ({
  rlp: fc.oneof(
    { depthSize: 'small' },
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ minLength: 250, maxLength: 300 }),
    fc.array(tie('rlp'), { maxLength: 5 }),
  ),
}));

describe('decodeRlpList and decodeRlpString', () => {
  it('give back whatever was encoded', () => {
    fc.assert(
      fc.property(rlp, (value) => {
        expect(decode(encodeRlp(value))).toEqual(value);
      }),
    );
  });

  it('are undone by encodeRlpString and encodeRlpList', () => {
    fc.assert(
      fc.property(rlp, (value) => {
        const encoded = encodeRlp(value);
        const again =
          value instanceof Uint8Array
            ? encodeRlpString(decodeRlpString(encoded))
            : encodeRlpList(decodeRlpList(encoded));
        expect(again).toEqual(encoded);
      }),
    );
  });

  it('refuse every second encoding of a value', () => {
    for (const [hex, rule] of [
      ['8101', 'a byte below 0x80 stands for itself'],
      ['8100', 'zero too'],
      ['b80161', 'a short string in long form'],
      [`b837${'61'.repeat(55)}`, 'a length of 55 still fits the short form'],
      [`b90038${'61'.repeat(56)}`, 'a length with a leading zero'],
      ['c28101', 'inside a list'],
      ['f80161', 'a short list in long form'],
      [`f90038${'61'.repeat(56)}`, 'a list length with a leading zero'],
    ])
      expect(() => decode(fromHex(hex!)), rule).toThrow(EvidenceError);
  });

  it('refuse what is cut, has bytes after it, or claims more than there is', () => {
    for (const hex of [
      '',
      '82ff',
      '8',
      'c1',
      'c3c2ff',
      '6161',
      'c000',
      'bf',
      `bf${'ff'.repeat(8)}61`,
      `ff${'ff'.repeat(8)}`,
    ])
      expect(() => decode(fromHex(hex.length % 2 === 0 ? hex : `${hex}3`)), hex).toThrow(
        EvidenceError,
      );
  });

  it('refuse a list where a string is due, and a string where a list is', () => {
    expect(() => decodeRlpString(fromHex('c0'))).toThrow('a string expected');
    expect(() => decodeRlpList(fromHex('80'))).toThrow('a list expected');
  });

  it('answer any bytes with a value that encodes back to them or with RLP_SYNTAX', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(rlp, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
        const encoded = encodeRlp(value).slice();
        encoded[at % encoded.length] = byte;
        return encoded;
      }),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          expect(encodeRlp(decode(input))).toEqual(input);
        } catch (error) {
          if (!(error instanceof EvidenceError)) throw error;
          expect(error.code).toBe('RLP_SYNTAX');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('read a list nested a hundred thousand deep without using the stack for it', () => {
    const deep = new Uint8Array(100_000).fill(0xc1);
    expect(() => decodeRlpList(deep)).toThrow(EvidenceError);
  });
});

function decode(bytes: Uint8Array): Rlp {
  if ((bytes[0] ?? 0) < 0xc0) return decodeRlpString(bytes).slice();
  return decodeRlpList(bytes).map((item: RlpItem) =>
    item.kind === 'string' ? item.bytes.slice() : decode(item.encoded),
  );
}
