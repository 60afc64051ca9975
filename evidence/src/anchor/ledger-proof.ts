/**
 * The anchor log's state in one block: header -> account -> storage slots 0 and 1.
 * What it proves rests on the block: whether that is part of the chain is the caller's question.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { EvidenceError } from '../errors.ts';
import type { ChainProfile } from './chain-profiles.ts';
import { qbftBlockHash } from './qbft.ts';
import { decodeRlpList, decodeRlpString, type RlpItem } from './rlp.ts';
import { verifyTrieProof } from './trie-proof.ts';

export interface LedgerProof {
  /** The block's header as RLP. */
  readonly header: Uint8Array;
  /** Trie nodes from the state root down to the contract's account. */
  readonly account: readonly Uint8Array[];
  /** Trie nodes from the account's storage root down to slot 0 and to slot 1. */
  readonly storage: readonly [readonly Uint8Array[], readonly Uint8Array[]];
}

export interface LedgerState {
  readonly blockNumber: number;
  /** Seconds since the Unix epoch, as the block says. */
  readonly blockTime: number;
  readonly blockHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  /** Root and size of the anchor log after this block. */
  readonly root: Uint8Array;
  readonly size: number;
  /** The account that may append; twenty zeros once the log is frozen. */
  readonly operator: Uint8Array;
  /** The block of the newest anchor; 0 before the first. */
  readonly lastBlock: number;
}

/** @throws EvidenceError LEDGER_HEADER, QBFT_HEADER, LEDGER_ACCOUNT, LEDGER_STATE, TRIE_PROOF, RLP_SYNTAX */
export function verifyLedgerState(
  proof: LedgerProof,
  contract: Uint8Array,
  chain: Pick<ChainProfile, 'seals'> = UNSEALED,
): LedgerState {
  if (contract.length !== 20)
    throw new EvidenceError(
      'ADDRESS_FORM',
      `an address of 20 bytes expected, got ${contract.length}`,
    );
  const header = decodeHeader(proof.header);
  const account = verifyTrieProof(header.stateRoot, keccak_256(contract), proof.account);
  if (account === null)
    throw new EvidenceError('LEDGER_ACCOUNT', 'the state has no account at the contract address');
  const storageRoot = storageRootOf(account);
  const root = slotValue(storageRoot, 0, proof.storage[0]);
  const head = slotValue(storageRoot, 1, proof.storage[1]);
  // The constructor writes the root, and no SHA-256 is zero: an empty slot 0 means that no anchor log is here.
  if (root.every((byte) => byte === 0))
    throw new EvidenceError('LEDGER_STATE', 'the account holds no anchor log: slot 0 is empty');
  return {
    blockNumber: header.number,
    blockTime: header.timestamp,
    blockHash: blockHashOf(proof.header, chain),
    stateRoot: header.stateRoot,
    root,
    lastBlock: unsigned(head.subarray(0, 6)),
    size: unsigned(head.subarray(6, 12)),
    operator: head.slice(12),
  };
}

const UNSEALED = { seals: null };

/** What the chain calls this block; seals are no part of it. @throws EvidenceError QBFT_HEADER, RLP_SYNTAX */
export function blockHashOf(header: Uint8Array, chain: Pick<ChainProfile, 'seals'>): Uint8Array {
  return chain.seals === 'qbft' ? qbftBlockHash(header) : keccak_256(header);
}

export interface BlockHeader {
  readonly parentHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly number: number;
  readonly timestamp: number;
}

// Every fork since Frontier has appended fields and moved none, so fields are read by position and their number is open.
const FRONTIER_FIELDS = 15;

/** @throws EvidenceError LEDGER_HEADER, RLP_SYNTAX */
export function decodeHeader(header: Uint8Array): BlockHeader {
  const fields = decodeRlpList(header);
  if (fields.length < FRONTIER_FIELDS)
    throw badHeader(`${FRONTIER_FIELDS} fields or more expected, got ${fields.length}`);
  return {
    parentHash: hashField(fields[0], 'parentHash'),
    stateRoot: hashField(fields[3], 'stateRoot'),
    number: integerField(fields[8], 'number'),
    timestamp: integerField(fields[11], 'timestamp'),
  };
}

function hashField(field: RlpItem | undefined, name: string): Uint8Array {
  if (field?.kind !== 'string' || field.bytes.length !== 32)
    throw badHeader(`${name} is not a hash of 32 bytes`);
  return field.bytes.slice();
}

function integerField(field: RlpItem | undefined, name: string): number {
  if (field?.kind !== 'string' || field.bytes[0] === 0 || field.bytes.length > 8)
    throw badHeader(`${name} is not an integer without leading zeros`);
  const value = unsigned(field.bytes);
  if (!Number.isSafeInteger(value)) throw badHeader(`${name} is beyond 2^53-1`);
  return value;
}

/** account = [nonce, balance, storageRoot, codeHash] */
function storageRootOf(account: Uint8Array): Uint8Array {
  const fields = decodeRlpList(account);
  const storageRoot = fields[2];
  if (fields.length !== 4 || storageRoot?.kind !== 'string' || storageRoot.bytes.length !== 32)
    throw new EvidenceError(
      'LEDGER_ACCOUNT',
      'the account is not [nonce, balance, storageRoot, codeHash]',
    );
  return storageRoot.bytes;
}

/** 32 bytes. Slots that are zero are not stored, and stored values are integers that lost their leading zeros. */
function slotValue(
  storageRoot: Uint8Array,
  slot: number,
  nodes: readonly Uint8Array[],
): Uint8Array {
  const position = new Uint8Array(32);
  position[31] = slot;
  const stored = verifyTrieProof(storageRoot, keccak_256(position), nodes);
  const value = new Uint8Array(32);
  if (stored === null) return value;
  const digits = decodeRlpString(stored);
  if (digits.length === 0 || digits.length > 32 || digits[0] === 0)
    throw new EvidenceError('LEDGER_STATE', `slot ${slot} is not an integer of 1 to 32 bytes`);
  value.set(digits, 32 - digits.length);
  return value;
}

function unsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function badHeader(message: string): EvidenceError {
  return new EvidenceError('LEDGER_HEADER', `block header: ${message}`);
}
