/**
 * The ledger's own log, as gateway/contracts/AnchorLog.sol keeps it: its leaves, and the address that commits to its code.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { clip, concatBytes, fromHex, toHex } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { ANCHOR_LOG_CREATION_CODE } from './generated/anchor-log-code.ts';

/** One anchor. The operator chose rollRoot and slots; the chain wrote all the rest. */
export interface AnchorLeaf {
  readonly chainId: number;
  readonly contract: Uint8Array;
  readonly index: number;
  readonly rollRoot: Uint8Array;
  readonly slots: number;
  readonly blockNumber: number;
  /** Seconds since the Unix epoch, as the block says. */
  readonly blockTime: number;
  readonly parentHash: Uint8Array;
}

/**
 * 124 bytes, integers big-endian:
 * chainId u64 | contract 20 | index u64 | rollRoot 32 | slots u64 | block number u64 | block time u64 | parent block hash 32
 * @throws EvidenceError ANCHOR_LEAF_FORM
 */
export function encodeAnchorLeaf(leaf: AnchorLeaf): Uint8Array {
  return concatBytes(
    u64('chainId', leaf.chainId),
    sized('contract', leaf.contract, 20),
    u64('index', leaf.index),
    sized('rollRoot', leaf.rollRoot, 32),
    u64('slots', leaf.slots),
    u64('blockNumber', leaf.blockNumber),
    u64('blockTime', leaf.blockTime),
    sized('parentHash', leaf.parentHash, 32),
  );
}

/** H(0x00 | leaf), as the contract computes it. */
export function anchorLeafHash(leaf: AnchorLeaf): Uint8Array {
  return sha256(Uint8Array.of(0x00), encodeAnchorLeaf(leaf));
}

/** Where a CREATE2 factory puts a contract (EIP-1014): the address commits to the creation code and its arguments. */
export function contractAddress(creation: {
  readonly factory: Uint8Array;
  readonly initCodeHash: Uint8Array;
  readonly salt: Uint8Array;
}): Uint8Array {
  return keccak_256(
    concatBytes(
      Uint8Array.of(0xff),
      sized('factory', creation.factory, 20, 'ADDRESS_FORM'),
      sized('salt', creation.salt, 32, 'ADDRESS_FORM'),
      sized('initCodeHash', creation.initCodeHash, 32, 'ADDRESS_FORM'),
    ),
  ).slice(12);
}

/** The two arguments of AnchorLog's constructor, both EVM accounts. */
export interface AnchorLogRoles {
  readonly operator: Uint8Array;
  readonly guardian: Uint8Array;
}

/** What the factory is given to run: the contract's creation code, then its arguments. */
export function anchorLogInitCode({ operator, guardian }: AnchorLogRoles): Uint8Array {
  const padding = new Uint8Array(12);
  return concatBytes(
    fromHex(ANCHOR_LOG_CREATION_CODE),
    padding,
    sized('operator', operator, 20, 'ADDRESS_FORM'),
    padding,
    sized('guardian', guardian, 20, 'ADDRESS_FORM'),
  );
}

/** The only address at which `factory` can have created an AnchorLog with these roles, empty at its start (salt 0). */
export function anchorLogAddress(factory: Uint8Array, roles: AnchorLogRoles): Uint8Array {
  const initCodeHash = keccak_256(anchorLogInitCode(roles));
  return contractAddress({ factory, initCodeHash, salt: new Uint8Array(32) });
}

export function formatAddress(address: Uint8Array): string {
  return `0x${toHex(sized('address', address, 20, 'ADDRESS_FORM'))}`;
}

/** 0x and 40 lower-case digits: one text per address. @throws EvidenceError ADDRESS_FORM */
export function parseAddress(text: string): Uint8Array {
  if (!/^0x[0-9a-f]{40}$/.test(text))
    throw new EvidenceError(
      'ADDRESS_FORM',
      `0x and 40 lower-case digits expected, got ${clip(text)}`,
    );
  return fromHex(text.slice(2));
}

function u64(name: string, value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new EvidenceError('ANCHOR_LEAF_FORM', `${name}: 0 to 2^53-1 expected, got ${value}`);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function sized(
  name: string,
  bytes: Uint8Array,
  length: number,
  code: 'ANCHOR_LEAF_FORM' | 'ADDRESS_FORM' = 'ANCHOR_LEAF_FORM',
): Uint8Array {
  if (bytes.length !== length)
    throw new EvidenceError(code, `${name}: ${length} bytes expected, got ${bytes.length}`);
  return bytes;
}
