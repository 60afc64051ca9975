/**
 * ES256: ECDSA over P-256 with SHA-256 (RFC 7518 §3.4), raw r ‖ s, low S only. For keys that live
 * in a secure element or TPM. High S is the same signature written otherwise, so it is refused.
 * @module
 */
import { p256Verify } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER >> 1n;

/** @throws EvidenceError SIGNATURE_FORM, SIGNATURE_INVALID */
export function verifyP256(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  if (signature.length !== 64)
    throw new EvidenceError('SIGNATURE_FORM', `64 bytes expected, got ${signature.length}`);
  const r = toInteger(signature.subarray(0, 32));
  const s = toInteger(signature.subarray(32));
  if (r === 0n || r >= ORDER || s === 0n || s > HALF_ORDER)
    throw new EvidenceError('SIGNATURE_FORM', 'r or s is out of range, or S is not low');
  if (!p256Verify(spki, message, signature))
    throw new EvidenceError('SIGNATURE_INVALID', 'the ES256 signature does not fit');
}

/** The same signature with low S. */
export function withLowS(signature: Uint8Array): Uint8Array {
  const s = toInteger(signature.subarray(32));
  if (s <= HALF_ORDER) return signature;
  const low = signature.slice();
  let rest = ORDER - s;
  for (let index = 63; index >= 32; index -= 1) {
    low[index] = Number(rest & 255n);
    rest >>= 8n;
  }
  return low;
}

function toInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
