import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { type LedgerProof, verifyLedgerState } from './ledger-proof.ts';
import vectors from './ledger-proof.vectors.json' with { type: 'json' };
import { buildTrie, encodeRlp, type Rlp } from './trie-fixture.ts';

const contract = bytes('0x1111111111111111111111111111111111111111');
const operator = bytes('0x2222222222222222222222222222222222222222');

describe('verifyLedgerState', () => {
  for (const vector of vectors)
    it(vector.name, () => {
      const run = () => verifyLedgerState(proofOf(vector), bytes(vector.contract));
      if (vector.expect === undefined) expect(codeOf(run)).toBe(vector.error);
      else expect(textOf(run())).toEqual(vector.expect);
    });

  const recorded = vectors.find(({ name }) => name === 'three anchors')!;

  it('refuses the proof with any bit flipped; in the header that changes the block hash, which the caller compares', () => {
    const proof = proofOf(recorded);
    const honest = toHex(verifyLedgerState(proof, bytes(recorded.contract)).blockHash);
    const nodes = [...proof.account, ...proof.storage[0], ...proof.storage[1]];
    for (const node of nodes)
      forEachFlip(node, () =>
        expect(codeOf(() => verifyLedgerState(proof, bytes(recorded.contract)))).not.toBeNull(),
      );
    forEachFlip(proof.header, () => {
      try {
        const state = verifyLedgerState(proof, bytes(recorded.contract));
        expect(toHex(state.blockHash)).not.toBe(honest);
      } catch (error) {
        expect(error).toBeInstanceOf(EvidenceError);
      }
    });
  });

  it('refuses the state of another contract, and slots in the wrong places', () => {
    const proof = proofOf(recorded);
    expect(codeOf(() => verifyLedgerState(proof, contract))).toBe('TRIE_PROOF');
    const swapped: LedgerProof = { ...proof, storage: [proof.storage[1], proof.storage[0]] };
    expect(codeOf(() => verifyLedgerState(swapped, bytes(recorded.contract)))).toBe('TRIE_PROOF');
    expect(codeOf(() => verifyLedgerState(proof, new Uint8Array(19)))).toBe('ADDRESS_FORM');
  });

  it('pads values that lost their leading zeros on the left', () => {
    const state = verifyLedgerState(
      synthetic({ slot0: Uint8Array.of(5), slot1: Uint8Array.of(7) }),
      contract,
    );
    expect(toHex(state.root)).toBe(`${'00'.repeat(31)}05`);
    expect(toHex(state.operator)).toBe(`${'00'.repeat(19)}07`);
    expect([state.size, state.lastBlock]).toEqual([0, 0]);
  });

  it('reads a log frozen before its first anchor: slot 1 is zero, so it is proven absent', () => {
    const state = verifyLedgerState(synthetic({ slot0: Uint8Array.of(5) }), contract);
    expect(toHex(state.operator)).toBe('00'.repeat(20));
  });

  it('reads sizes and blocks up to 48 bits', () => {
    const slot1 = Uint8Array.from([...new Array(12).fill(0xff), ...operator]);
    const state = verifyLedgerState(synthetic({ slot0: Uint8Array.of(5), slot1 }), contract);
    expect([state.size, state.lastBlock]).toEqual([2 ** 48 - 1, 2 ** 48 - 1]);
  });

  it('takes headers with any number of fields from fifteen on', () => {
    for (const fields of [15, 16, 21, 40])
      expect(
        verifyLedgerState(synthetic({ slot0: Uint8Array.of(5) }, fields), contract).blockNumber,
      ).toBe(77);
    expect(
      codeOf(() => verifyLedgerState(synthetic({ slot0: Uint8Array.of(5) }, 14), contract)),
    ).toBe('LEDGER_HEADER');
  });

  it.each<[string, Slots, string]>([
    ['an account without the log', { slot1: operator }, 'LEDGER_STATE'],
    ['a stored zero', { slot0: new Uint8Array(0) }, 'LEDGER_STATE'],
    ['a value with a leading zero', { slot0: Uint8Array.of(0, 5) }, 'LEDGER_STATE'],
    ['a value of 33 bytes', { slot0: new Uint8Array(33).fill(1) }, 'LEDGER_STATE'],
  ])('refuses %s', (_name, slots, code) => {
    expect(codeOf(() => verifyLedgerState(synthetic(slots), contract))).toBe(code);
  });

  it('refuses accounts and headers of another shape', () => {
    const slots = { slot0: Uint8Array.of(5) };
    const threeFields = synthetic(slots, 21, (account) => account.slice(0, 3));
    expect(codeOf(() => verifyLedgerState(threeFields, contract))).toBe('LEDGER_ACCOUNT');
    for (const [position, value] of [
      [3, new Uint8Array(31)],
      [8, Uint8Array.of(0, 1)],
      [8, new Uint8Array(9).fill(1)],
      [11, new Uint8Array(8).fill(255)],
      [11, []],
    ] as const) {
      const proof = synthetic(slots, 21, undefined, (fields) => fields.with(position, value));
      expect(codeOf(() => verifyLedgerState(proof, contract))).toBe('LEDGER_HEADER');
    }
  });
});

interface Slots {
  readonly slot0?: Uint8Array;
  readonly slot1?: Uint8Array;
}

function synthetic(
  slots: Slots,
  fieldCount = 21,
  changeAccount: (account: readonly Rlp[]) => readonly Rlp[] = (account) => account,
  changeHeader: (fields: readonly Rlp[]) => readonly Rlp[] = (fields) => fields,
): LedgerProof {
  const keys = [0, 1].map((slot) =>
    keccak_256(Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? slot : 0))),
  );
  const entries = [slots.slot0, slots.slot1].flatMap((value, slot) =>
    value === undefined ? [] : [{ key: keys[slot]!, value: encodeRlp(value) }],
  );
  const storage = buildTrie(entries);
  const account = [
    Uint8Array.of(1),
    new Uint8Array(0),
    storage.root,
    keccak_256(new Uint8Array(0)),
  ];
  const key = keccak_256(contract);
  const state = buildTrie([{ key, value: encodeRlp(changeAccount(account)) }]);
  const fields: Rlp[] = new Array(fieldCount).fill(new Uint8Array(32).fill(9));
  fields[3] = state.root;
  fields[8] = Uint8Array.of(77);
  fields[11] = Uint8Array.of(99);
  return {
    header: encodeRlp(changeHeader(fields)),
    account: state.prove(key),
    storage: [storage.prove(keys[0]!), storage.prove(keys[1]!)],
  };
}

function forEachFlip(target: Uint8Array, check: () => void): void {
  for (let bit = 0; bit < target.length * 8; bit++) {
    target[bit >> 3]! ^= 1 << (bit & 7);
    check();
    target[bit >> 3]! ^= 1 << (bit & 7);
  }
}

function proofOf(vector: { header: string; account: string[]; storage: string[][] }): LedgerProof {
  const [slot0, slot1] = vector.storage.map((nodes) => nodes.map(bytes));
  return {
    header: bytes(vector.header),
    account: vector.account.map(bytes),
    storage: [slot0!, slot1!],
  };
}

function textOf(state: ReturnType<typeof verifyLedgerState>): object {
  const entries = Object.entries(state).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : `0x${toHex(value)}`,
  ]);
  return Object.fromEntries(entries);
}

function bytes(hex: string): Uint8Array {
  return fromHex(hex.slice(2));
}

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
