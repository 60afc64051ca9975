/** For tests: a chain that is nothing but its last block, with the anchor log among a few accounts. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { LedgerProof } from '../anchor/ledger-proof.ts';
import { buildTrie, encodeRlp, type Rlp } from '../anchor/trie-fixture.ts';
import { concatBytes, fromHex } from '../bytes/bytes.ts';
import { testBytes } from './key-fixture.ts';

export interface AnchorLogState {
  readonly contract: Uint8Array;
  readonly operator: Uint8Array;
  readonly root: Uint8Array;
  readonly size: number;
  readonly lastBlock: number;
}

/** The proof that a node gives with eth_getProof, for slots 0 and 1 in block `number`. */
export function proveState(state: AnchorLogState, number: number, time: number): LedgerProof {
  const slots = [keccak_256(integerBytes(0, 32)), keccak_256(integerBytes(1, 32))] as const;
  const head = concatBytes(
    integerBytes(state.lastBlock, 6),
    integerBytes(state.size, 6),
    state.operator,
  );
  const storage = buildTrie([
    { key: slots[0], value: encodeRlp(digits(state.root)) },
    { key: slots[1], value: encodeRlp(digits(head)) },
  ]);
  const account = [digits(integerBytes(1, 8)), digits(integerBytes(0, 8)), storage.root];
  const key = keccak_256(state.contract);
  const others = ['one', 'another', 'a third'].map((name) => ({
    key: keccak_256(testBytes(name, 20)),
    value: encodeRlp([Uint8Array.of(7), Uint8Array.of(9), testBytes(name), testBytes(name)]),
  }));
  const accounts = buildTrie([
    { key, value: encodeRlp([...account, testBytes('code')]) },
    ...others,
  ]);
  const header: Rlp[] = Array.from({ length: 21 }, (_, field) => testBytes(`field ${field}`));
  header[3] = accounts.root;
  header[8] = digits(integerBytes(number, 8));
  header[11] = digits(integerBytes(time, 8));
  return {
    header: encodeRlp(header),
    account: accounts.prove(key),
    storage: [storage.prove(slots[0]), storage.prove(slots[1])],
  };
}

export function blockHash(proof: LedgerProof): Uint8Array {
  return keccak_256(proof.header);
}

function integerBytes(value: number, length: number): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * length, '0'));
}

/** An integer as RLP keeps it: without leading zeros. */
function digits(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array(0) : bytes.slice(first);
}
