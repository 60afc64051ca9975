import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { testBytes } from '../testing/key-fixture.ts';
import { qbftBlockHash, qbftQuorum, validatorsAt, verifyQbftSeals } from './qbft.ts';
import {
  type QbftBlock,
  sealBy,
  sealedHash,
  sealHeader,
  testFields,
  testValidators,
  withSeals,
} from './qbft-fixture.ts';

const validators = testValidators(4);
const pinned = validators.map(({ address }) => address);
const [first, second, third] = validators as [
  (typeof validators)[0],
  (typeof validators)[0],
  (typeof validators)[0],
];
const block: QbftBlock = { fields: testFields(1000), listed: pinned, round: 3 };
const honest = sealHeader(block, [first, second, third]);

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}

const seals = (...by: readonly Uint8Array[]) => withSeals(block, by);
const good = validators.map((one) => sealBy(one, sealedHash(block)));

describe('seals of a QBFT header', () => {
  it('prove it by the validators that made them', () => {
    expect(verifyQbftSeals(honest.header, pinned)).toEqual([
      first.address,
      second.address,
      third.address,
    ]);
    expect(verifyQbftSeals(seals(...good), pinned)).toHaveLength(4);
  });

  it('leave the block hash as it is, whoever sealed it in whatever round', () => {
    const again = sealHeader({ ...block, round: 0 }, validators);
    expect(toHex(again.hash)).toBe(toHex(honest.hash));
    for (const { header } of [honest, again])
      expect(toHex(qbftBlockHash(header))).toBe(toHex(honest.hash));
    expect(toHex(qbftBlockHash(honest.header))).not.toBe(toHex(keccak_256(honest.header)));
  });

  it('prove headers with a vote in them, and those that list nobody because a contract selects', () => {
    const vote = [testBytes('candidate', 20), Uint8Array.of(0xff)];
    for (const change of [{ vote }, { listed: [] }, { listed: pinned.toReversed() }])
      expect(
        verifyQbftSeals(sealHeader({ ...block, ...change }, validators).header, pinned),
      ).toHaveLength(4);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [6, 4],
    [7, 5],
    [10, 7],
  ])('of %i validators need %i', (count, needed) => {
    expect(qbftQuorum(count)).toBe(needed);
    const all = testValidators(count);
    const set = all.map(({ address }) => address);
    const one = { ...block, listed: set };
    expect(verifyQbftSeals(sealHeader(one, all.slice(0, needed)).header, set)).toHaveLength(needed);
    expect(
      codeOf(() => verifyQbftSeals(sealHeader(one, all.slice(0, needed - 1)).header, set)),
    ).toBe('QBFT_SEALS');
  });
});

describe('attacks on a QBFT header', () => {
  const foreigner = testValidators(1, 'foreigner')[0]!;
  const hash = sealedHash(block);
  const otherRound = sealedHash({ ...block, round: 4 });
  const otherHeader = sealedHash({ ...block, fields: testFields(1001) });
  const twin = secondForm(good[2]!);
  const [a, b, c] = good as [Uint8Array, Uint8Array, Uint8Array];

  it.each<[string, Uint8Array, string]>([
    ['too few seals', seals(a, b), 'QBFT_SEALS'],
    ['no seals at all', seals(), 'QBFT_SEALS'],
    ['a seal twice', seals(a, b, b), 'QBFT_SEALS'],
    ['a seal twice beside enough', seals(a, b, c, c), 'QBFT_SEALS'],
    ['a seal’s second form as another', seals(a, b, c, twin), 'QBFT_SEALS'],
    ['a seal in its second form', seals(a, b, twin), 'QBFT_SEALS'],
    ['a foreign validator', seals(a, b, sealBy(foreigner, hash)), 'QBFT_SEALS'],
    ['a foreign seal beside enough', seals(a, b, c, sealBy(foreigner, hash)), 'QBFT_SEALS'],
    ['more seals than validators', seals(...good, a), 'QBFT_SEALS'],
    ['seals of another round', seals(a, b, sealBy(third, otherRound)), 'QBFT_SEALS'],
    ['all seals of another round', withSeals({ ...block, round: 4 }, good), 'QBFT_SEALS'],
    ['seals over the block’s hash', seals(a, b, sealBy(third, honest.hash)), 'QBFT_SEALS'],
    ['seals of another header', seals(a, b, sealBy(third, otherHeader)), 'QBFT_SEALS'],
    [
      'all seals on another header',
      withSeals({ ...block, fields: testFields(1001) }, good),
      'QBFT_SEALS',
    ],
    ['a recovery id of 27', seals(a, b, c.with(64, c[64]! + 27)), 'QBFT_SEALS'],
    ['a seal of nothing', seals(a, b, new Uint8Array(65)), 'QBFT_SEALS'],
    ['a seal of 64 bytes', seals(a, b, c.slice(0, 64)), 'QBFT_HEADER'],
    [
      'a list with a validator more',
      sealHeader({ ...block, listed: [...pinned, foreigner.address] }, validators).header,
      'QBFT_VALIDATORS',
    ],
    [
      'a list with one validator twice',
      sealHeader({ ...block, listed: [...pinned.slice(0, 3), pinned[0]!] }, validators).header,
      'QBFT_VALIDATORS',
    ],
    [
      'a vote changed',
      withSeals({ ...block, vote: [testBytes('x', 20), new Uint8Array(0)] }, good),
      'QBFT_SEALS',
    ],
    ['vanity changed', withSeals({ ...block, vanity: testBytes('v') }, good), 'QBFT_SEALS'],
  ])('%s', (_name, header, code) => {
    expect(codeOf(() => verifyQbftSeals(header, pinned))).toBe(code);
  });

  it('the set of another height', () => {
    const later = testValidators(4, 'later').map(({ address }) => address);
    const sets = [
      { from: 10, validators: later },
      { from: 1000, validators: pinned },
      { from: 2000, validators: later },
    ];
    expect(validatorsAt(sets, 9)).toBeNull();
    expect(validatorsAt(sets, 1000)).toBe(pinned);
    expect(validatorsAt(sets, 1999)).toBe(pinned);
    for (const height of [999, 2000])
      expect(codeOf(() => verifyQbftSeals(honest.header, validatorsAt(sets, height)!))).toBe(
        'QBFT_VALIDATORS',
      );
    const silent = sealHeader({ ...block, listed: [] }, validators).header;
    expect(codeOf(() => verifyQbftSeals(silent, later))).toBe('QBFT_SEALS');
  });

  it.each<[string, Uint8Array]>([
    ['no extraData', fromHex('c3010203')],
    ['a list of ten thousand fields', fromHex(`f92710${'01'.repeat(10_000)}`)],
    ['extraData of other parts', withExtra(fromHex('c20102'))],
    ['extraData that is a list’s beginning', withExtra(fromHex('c3'))],
    ['a round with a leading zero', withExtra(fromHex('c780c0c0820001c0'))],
    ['a round of five bytes', withExtra(fromHex('ca80c0c0850102030405c0'))],
    ['300 seals', withSeals(block, Array(300).fill(good[0]))],
  ])('%s', (_name, header) => {
    expect(['QBFT_HEADER', 'RLP_SYNTAX']).toContain(codeOf(() => verifyQbftSeals(header, pinned)));
    expect(['QBFT_HEADER', 'RLP_SYNTAX']).toContain(codeOf(() => qbftBlockHash(header)));
  });

  it('20,000 mutations: none crashes, and none is accepted but as the same block with a seal less', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9);
    console.log(`seed ${seed}`);
    const random = mulberry(seed);
    const whole = seals(...good);
    let accepted = 0;
    for (let n = 0; n < 20_000; n++) {
      const header = mutate(whole, random);
      if (codeOf(() => verifyQbftSeals(header, pinned)) !== null) continue;
      accepted += 1;
      expect(toHex(qbftBlockHash(header)), `mutation ${n} of seed ${seed}`).toBe(
        toHex(honest.hash),
      );
    }
    expect(accepted).toBeGreaterThan(100); // seals in another order, or one left out
  }, 120_000);
});

/** The other signature by the same key over the same bytes, which anybody can make of the first. */
function secondForm(seal: Uint8Array): Uint8Array {
  const { n } = secp256k1.Point.CURVE();
  const s = n - BigInt(`0x${toHex(seal.subarray(32, 64))}`);
  const digits = fromHex(s.toString(16).padStart(64, '0'));
  return concatBytes(seal.subarray(0, 32), digits, Uint8Array.of(1 - seal[64]!));
}

function withExtra(extra: Uint8Array): Uint8Array {
  const fields = fromHex(`${'01'.repeat(12)}${toHex(extraItem(extra))}0101`);
  return concatBytes(Uint8Array.of(0xc0 + fields.length), fields);
}

function extraItem(extra: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0x80 + extra.length), extra);
}

/** One to three changes: a bit, a byte, bytes cut, doubled or moved, or a seal taken from the end or put there again. */
function mutate(whole: Uint8Array, random: () => number): Uint8Array {
  let bytes: Uint8Array = whole.slice();
  const below = (bound: number) => Math.floor(random() * bound);
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(bytes.length);
    const kind = below(6);
    if (kind === 0) bytes[at]! ^= 1 << below(8);
    else if (kind === 1) bytes[at] = below(256);
    else if (kind === 2) bytes = concatBytes(bytes.slice(0, at), bytes.slice(at + 1 + below(4)));
    else if (kind === 3) bytes = concatBytes(bytes.slice(0, at), bytes.slice(below(at + 1)));
    else if (kind === 4) bytes.copyWithin(at, below(bytes.length), below(bytes.length));
    else {
      const order = good.toSorted(() => random() - 0.5).slice(0, below(5));
      bytes = withSeals({ ...block, round: below(4) === 0 ? below(9) : 3 }, order);
    }
  }
  return bytes;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
