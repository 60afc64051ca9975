/**
 * Ed25519 with one rule in every back end: S < L; A and R canonical encodings and not of small
 * order; valid if and only if encode([S]B - [h]A) equals R byte for byte. RFC 8032 leaves room
 * for more than one reading of "valid", and libraries differ; evidence must not.
 * @module
 */
import { fromHex } from '../bytes/bytes.ts';
import { ed25519Equation } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';

// The order of the base point, 2^252 + 27742317777372353535851937790883648493, little-endian.
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
// The field prime 2^255 - 19, little-endian.
const PRIME = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
// The y coordinates of the eight points of small order; each stands for both signs of x.
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex);

/** @throws EvidenceError SIGNATURE_FORM, SIGNATURE_INVALID */
export function verifyEd25519(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  if (signature.length !== 64)
    throw new EvidenceError('SIGNATURE_FORM', `64 bytes expected, got ${signature.length}`);
  if (!isBelow(signature.subarray(32), ORDER))
    throw new EvidenceError('SIGNATURE_FORM', 'S is not below the group order');
  if (!isStrongPoint(signature.subarray(0, 32)))
    throw new EvidenceError('SIGNATURE_FORM', 'R is not canonical or of small order');
  if (!isStrongPoint(spki.subarray(12)))
    throw new EvidenceError('KEY_WEAK', 'the key is not canonical or of small order');
  if (!ed25519Equation(spki, message, signature))
    throw new EvidenceError('SIGNATURE_INVALID', 'the Ed25519 signature does not fit');
}

/** @throws EvidenceError KEY_WEAK */
export function assertEd25519PublicKey(raw: Uint8Array): void {
  if (!isStrongPoint(raw))
    throw new EvidenceError('KEY_WEAK', 'the key is not canonical or of small order');
}

function isStrongPoint(encoded: Uint8Array): boolean {
  const y = encoded.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  if (!isBelow(y, PRIME)) return false;
  return !SMALL_ORDER_Y.some((weak) => weak.every((byte, index) => byte === y[index]));
}

function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let index = 31; index >= 0; index -= 1) {
    const difference = (value[index] ?? 0) - (bound[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
