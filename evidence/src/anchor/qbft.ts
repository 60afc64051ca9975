/**
 * QBFT as Hyperledger Besu runs it: by whom a block was sealed can be told from its header alone.
 *   extraData    RLP of [vanity, [* validator 20], vote, round, [* seal 65 = r 32 | s 32 | recovery id 1]]
 *   block hash   keccak-256 of the header with round 0 and no seals in its extraData
 *   sealed hash  keccak-256 of the header with its own round and no seals: what each validator signs
 * Spec: EEA QBFT blockchain consensus protocol v1, sections on block header and commit seals; Besu's QBFT extra data.
 * @module
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { compareBytes, equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { decodeRlpList, encodeRlpList, type RlpItem } from './rlp.ts';

/** Who sealed the blocks from number `from` on, up to the next set. */
export interface ValidatorSet {
  readonly from: number;
  /** Addresses of 20 bytes, ascending, each once. */
  readonly validators: readonly Uint8Array[];
}

// A header is proof against a set that someone has pinned by hand; consortia have some ten validators, and the
// messages of the protocol grow with their square. A recovery takes 1.5 ms.
export const MAX_VALIDATORS = 256;

const EXTRA_DATA = 12;
const MAX_FIELDS = 64; // 21 since Prague; each fork adds a few
const EMPTY_LIST: RlpItem = { kind: 'list', encoded: Uint8Array.of(0xc0) };
const ZERO: RlpItem = { kind: 'string', bytes: new Uint8Array(0) };

/** @throws EvidenceError QBFT_HEADER, RLP_SYNTAX */
export function qbftBlockHash(header: Uint8Array): Uint8Array {
  const { fields, extra } = decode(header);
  return hashWith(fields, extra.with(3, ZERO).with(4, EMPTY_LIST));
}

/**
 * The pinned validators whose seals the header carries, at least two thirds of them, each once. Every seal counts:
 * one by anybody else refuses the header, so that nothing but the absence of a surplus seal leaves it as good.
 * @throws EvidenceError QBFT_HEADER, QBFT_VALIDATORS, QBFT_SEALS, RLP_SYNTAX
 */
export function verifyQbftSeals(
  header: Uint8Array,
  pinned: readonly Uint8Array[],
): readonly Uint8Array[] {
  const { fields, extra, validators, seals } = decode(header);
  // The header lists nobody where a contract selects the validators.
  if (validators.length > 0 && !sameSet(validators, pinned))
    throw new EvidenceError(
      'QBFT_VALIDATORS',
      `the header names ${validators.length} validators, which are not the ${pinned.length} pinned for its height`,
    );
  if (seals.length > pinned.length)
    throw badSeals(`${seals.length} seals, of ${pinned.length} validators`);
  const sealedHash = hashWith(fields, extra.with(4, EMPTY_LIST));
  const signers: Uint8Array[] = [];
  for (const seal of seals) {
    const signer = signerOf(seal, sealedHash);
    if (!pinned.some((validator) => equalBytes(validator, signer)))
      throw badSeals('one is by no validator of the pinned set, or over other bytes');
    if (signers.some((other) => equalBytes(other, signer))) throw badSeals('one validator’s twice');
    signers.push(signer);
  }
  const needed = qbftQuorum(pinned.length);
  if (signers.length < needed)
    throw badSeals(`${signers.length} of ${pinned.length} validators, where ${needed} are needed`);
  return signers;
}

/** Two thirds, rounded up. */
export function qbftQuorum(validators: number): number {
  return Math.ceil((2 * validators) / 3);
}

/** Null below the first set. `sets` ascend by `from`. */
export function validatorsAt(
  sets: readonly ValidatorSet[],
  blockNumber: number,
): readonly Uint8Array[] | null {
  return sets.findLast(({ from }) => from <= blockNumber)?.validators ?? null;
}

interface QbftHeader {
  readonly fields: readonly RlpItem[];
  readonly extra: readonly RlpItem[];
  readonly validators: readonly Uint8Array[];
  readonly seals: readonly Uint8Array[];
}

function decode(header: Uint8Array): QbftHeader {
  const fields = decodeRlpList(header);
  const extraData = fields[EXTRA_DATA];
  if (extraData?.kind !== 'string' || fields.length > MAX_FIELDS)
    throw badHeader(`no extraData among ${fields.length} fields`);
  const extra = decodeRlpList(extraData.bytes);
  const [vanity, validators, vote, round, seals] = extra;
  if (extra.length !== 5 || vanity?.kind !== 'string' || vote?.kind !== 'list')
    throw badHeader('extraData is not [vanity, validators, vote, round, seals]');
  if (round?.kind !== 'string' || round.bytes.length > 4 || round.bytes[0] === 0)
    throw badHeader('the round is not an integer of 32 bits');
  return {
    fields,
    extra,
    validators: strings(validators, 20, 'validators'),
    seals: strings(seals, 65, 'seals'),
  };
}

function strings(list: RlpItem | undefined, size: number, name: string): Uint8Array[] {
  if (list?.kind !== 'list') throw badHeader(`${name} are no list`);
  const items = decodeRlpList(list.encoded);
  if (items.length > MAX_VALIDATORS)
    throw badHeader(`${items.length} ${name}, more than ${MAX_VALIDATORS}`);
  return items.map((item) => {
    if (item.kind !== 'string' || item.bytes.length !== size)
      throw badHeader(`${name} are not of ${size} bytes each`);
    return item.bytes;
  });
}

function hashWith(fields: readonly RlpItem[], extra: readonly RlpItem[]): Uint8Array {
  const extraData: RlpItem = { kind: 'string', bytes: encodeRlpList(extra) };
  return keccak_256(encodeRlpList(fields.with(EXTRA_DATA, extraData)));
}

/** The address whose key made the seal; one text per seal, so s is the lower of its two forms. */
function signerOf(seal: Uint8Array, hash: Uint8Array): Uint8Array {
  const recovery = seal[64] as number;
  if (recovery > 1) throw badSeals(`recovery id ${recovery}`);
  try {
    const signature = secp256k1.Signature.fromBytes(seal.subarray(0, 64), 'compact');
    if (signature.hasHighS()) throw new Error('s is in the upper half');
    const key = signature.addRecoveryBit(recovery).recoverPublicKey(hash).toBytes(false);
    return keccak_256(key.subarray(1)).slice(12);
  } catch (cause) {
    throw new EvidenceError('QBFT_SEALS', 'seals: one is no signature', { cause });
  }
}

function sameSet(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  const sorted = left.toSorted(compareBytes);
  return left.length === right.length && sorted.every((one, at) => equalBytes(one, right[at]!));
}

function badHeader(message: string): EvidenceError {
  return new EvidenceError('QBFT_HEADER', `QBFT header: ${message}`);
}

function badSeals(message: string): EvidenceError {
  return new EvidenceError('QBFT_SEALS', `seals: ${message}`);
}
