/** For tests: validators, and headers sealed by them as Besu's QBFT does. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { compareBytes, concatBytes, fromHex } from '../bytes/bytes.ts';
import { testBytes } from '../testing/key-fixture.ts';
import { encodeRlp, type Rlp } from './trie-fixture.ts';

export interface TestValidator {
  readonly secret: Uint8Array;
  readonly address: Uint8Array;
}

export function testValidators(count: number, name = 'validator'): TestValidator[] {
  return Array.from({ length: count }, (_, n) => {
    const secret = testBytes(`${name} ${n}`);
    const key = secp256k1.getPublicKey(secret, false);
    return { secret, address: keccak_256(key.subarray(1)).slice(12) };
  }).toSorted((left, right) => compareBytes(left.address, right.address));
}

export interface QbftBlock {
  /** Without extraData's own content: field 12 is replaced. */
  readonly fields: readonly Rlp[];
  readonly vanity?: Uint8Array;
  /** As the header lists them. */
  readonly listed: readonly Uint8Array[];
  readonly vote?: Rlp;
  readonly round?: number;
}

/** The header as a chain keeps it, and its hash. */
export function sealHeader(block: QbftBlock, signers: readonly TestValidator[]) {
  const hash = sealedHash(block);
  const header = withSeals(
    block,
    signers.map((signer) => sealBy(signer, hash)),
  );
  return { header, hash: keccak_256(encodeWith(block, 0, [])) };
}

export function sealedHash(block: QbftBlock): Uint8Array {
  return keccak_256(encodeWith(block, block.round ?? 0, []));
}

export function withSeals(block: QbftBlock, seals: readonly Uint8Array[]): Uint8Array {
  return encodeWith(block, block.round ?? 0, seals);
}

/** r | s | recovery id. */
export function sealBy({ secret }: TestValidator, hash: Uint8Array): Uint8Array {
  const signature = secp256k1.sign(hash, secret, { prehash: false, format: 'recovered' });
  return concatBytes(signature.subarray(1), signature.subarray(0, 1));
}

export function testFields(number: number): Rlp[] {
  const fields: Rlp[] = Array.from({ length: 17 }, (_, n) => testBytes(`header field ${n}`));
  fields[8] = scalar(number);
  fields[11] = scalar(1_790_000_000);
  return fields;
}

function encodeWith(block: QbftBlock, round: number, seals: readonly Uint8Array[]): Uint8Array {
  const { fields, vanity = new Uint8Array(32), listed, vote = [] } = block;
  return encodeRlp(fields.with(12, encodeRlp([vanity, listed, vote, scalar(round), seals])));
}

function scalar(value: number): Uint8Array {
  if (value === 0) return new Uint8Array(0);
  const hex = value.toString(16);
  return fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
}
