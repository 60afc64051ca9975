import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../bytes/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../bytes/canonical-cbor.ts';
import { createSign1, decodeSign1, openSign1 } from '../keys/cose-sign1.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import {
  type BatchHeader,
  decodeHeader,
  decodeSeal,
  encodeHeader,
  NO_PREVIOUS,
  openSeal,
  signSeal,
} from './seal.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const common = {
  agent: bytes(16),
  log: bytes(32),
  boot: bytes(16),
  count: fc.integer({ min: 1, max: 2 ** 31 }),
  root: bytes(32),
  closedAt: fc.maxSafeInteger(),
  beacon: fc.option(fc.record({ anchorIndex: fc.maxSafeNat(), anchorLeafHash: bytes(32) })),
};
const first = fc.record({
  ...common,
  batch: fc.constant(0),
  previous: fc.constant(NO_PREVIOUS),
  firstSeq: fc.constant(0),
});
const later = fc.record({
  ...common,
  batch: fc.maxSafeNat().map((batch) => batch || 1),
  previous: bytes(32).filter((hash) => hash.some((byte) => byte !== 0)),
  firstSeq: fc.nat(),
});

testBinaryCodec<BatchHeader>('a batch header', {
  encode: encodeHeader,
  decode: decodeHeader,
  values: fc.oneof(first, later),
  codes: ['HEADER_FORM'],
});

const agent = testSigner('agent meter');
const header: BatchHeader = {
  agent: testBytes('agent', 16),
  log: testBytes('log'),
  batch: 1,
  previous: testBytes('previous'),
  boot: testBytes('boot', 16),
  firstSeq: 3,
  count: 2,
  root: testBytes('root'),
  closedAt: 1_790_000_000_000,
  beacon: null,
};

describe('a header', () => {
  it.each<[string, Partial<BatchHeader>]>([
    ['no readings', { count: 0 }],
    ['a sum of firstSeq and count beyond 2^53-1', { firstSeq: Number.MAX_SAFE_INTEGER }],
    ['batch 0 with a previous one', { batch: 0, firstSeq: 0 }],
    ['batch 0 that begins at seq 3', { batch: 0, previous: NO_PREVIOUS }],
    ['batch 1 without a previous one', { previous: NO_PREVIOUS }],
    ['an agent of 32 bytes', { agent: testBytes('agent') }],
    ['a log of 31 bytes', { log: testBytes('log', 31) }],
    ['a boot of 17 bytes', { boot: testBytes('boot', 17) }],
    ['a negative batch', { batch: -1 }],
    ['a time with a fraction', { closedAt: 0.5 }],
    ['a beacon of 31 bytes', { beacon: { anchorIndex: 0, anchorLeafHash: testBytes('b', 31) } }],
    ['a beacon below zero', { beacon: { anchorIndex: -1, anchorLeafHash: testBytes('b') } }],
  ])('with %s is neither written nor read', (_name, changes) => {
    const changed = { ...header, ...changes };
    expect(() => encodeHeader(changed)).toThrow(expect.objectContaining({ code: 'HEADER_FORM' }));
    if (changed.closedAt === 0.5) return;
    const { beacon } = changed;
    const items: CborValue[] = [
      'sigill.batch.1',
      ...Object.values({ ...changed, beacon: null }).slice(0, -1),
      beacon && [beacon.anchorIndex, beacon.anchorLeafHash],
    ];
    expect(() => decodeHeader(encodeCbor(items))).toThrow(
      expect.objectContaining({ code: 'HEADER_FORM' }),
    );
  });

  it('of another type is refused', () => {
    const items = decodeCbor(encodeHeader(header)) as CborValue[];
    for (const changed of [items.with(0, 'sigill.batch.2'), items.slice(1), [...items, 0]])
      expect(() => decodeHeader(encodeCbor(changed))).toThrow(
        expect.objectContaining({ code: 'HEADER_FORM' }),
      );
  });
});

describe('a seal', () => {
  const headerBytes = encodeHeader(header);

  it.each([
    ['Ed25519', agent, 'd28443a10127a0'],
    ['P-256', testSignerP256('element'), 'd28443a10126a0'],
  ])('by %s is the header in exactly one COSE_Sign1', (_name, signer, prefix) => {
    const seal = signSeal(headerBytes, signer);
    expect(toHex(seal)).toContain(`${prefix}58${headerBytes.length.toString(16)}`);
    expect(openSeal(seal, signer.publicKey)).toEqual({ header, headerBytes });
    expect(decodeSeal(seal)).toEqual({ header, headerBytes });
  });

  it('signs what RFC 9052 §4.4 says', () => {
    const seal = signSeal(headerBytes, agent);
    const toBeSigned = encodeCbor([
      'Signature1',
      fromHex('a10127'),
      new Uint8Array(0),
      headerBytes,
    ]);
    expect(decodeSign1(seal).signature).toEqual(agent.sign(toBeSigned));
  });

  const sealHex = toHex(signSeal(headerBytes, agent));
  it.each([
    ['without the tag', sealHex.slice(2)],
    ['of another tag', `d1${sealHex.slice(2)}`],
    ['of the tag in two bytes', `d812${sealHex.slice(2)}`],
    ['of five items', `d285${sealHex.slice(4)}00`],
    ['of another algorithm', sealHex.replace('43a10127', '43a1013822')],
    ['of an empty protected header', sealHex.replace('43a10127', '40')],
    ['with a key id unprotected', sealHex.replace('a10127a0', 'a10127a1044101')],
    ['with a detached payload', `d28443a10127a0f6${sealHex.slice(-132)}`],
    ['with a byte after it', `${sealHex}00`],
    ['cut', sealHex.slice(0, -2)],
    ['with a signature of 63 bytes', `${sealHex.slice(0, -132)}583f${sealHex.slice(-126)}`],
    ['with the header length in three bytes', sealHex.replace(/a058/, 'a05900')],
    ['empty', ''],
  ])('%s is refused', (_name, hex) => {
    expect(() => openSeal(fromHex(hex), agent.publicKey)).toThrow(
      expect.objectContaining({ code: 'SEAL_FORM' }),
    );
    expect(() => decodeSeal(fromHex(hex))).toThrow(expect.objectContaining({ code: 'SEAL_FORM' }));
  });

  it('must be of the algorithm of the registered key', () => {
    expect(() => openSeal(signSeal(headerBytes, agent), testSignerP256('x').publicKey)).toThrow(
      expect.objectContaining({ code: 'SEAL_FORM' }),
    );
  });

  it('of another payload than a header is refused', () => {
    const other = createSign1(concatBytes(headerBytes, Uint8Array.of(0)), agent);
    expect(openSign1(other, agent.publicKey)).toHaveLength(headerBytes.length + 1);
    expect(() => openSeal(other, agent.publicKey)).toThrow(
      expect.objectContaining({ code: 'HEADER_FORM' }),
    );
  });
});

testBinaryCodec<{ payload: Uint8Array }>('a COSE_Sign1', {
  encode: ({ payload }) => createSign1(payload, agent),
  decode: (sign1) => ({ payload: openSign1(sign1, agent.publicKey) }),
  values: fc.record({ payload: fc.uint8Array({ maxLength: 300 }) }),
  codes: ['SEAL_FORM', 'SIGNATURE_FORM', 'SIGNATURE_INVALID'],
});
