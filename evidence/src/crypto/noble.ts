/**
 * The primitives from @noble, for browsers. Same face and same answers as `native.ts`.
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 as nobleSha256, sha512 } from '@noble/hashes/sha2.js';
import type { LoadedPrivateKey } from './private-key.ts';

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return nobleSha256(only);
  const state = nobleSha256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/**
 * Whether encode([S]B - [h]A) equals R byte for byte. The caller has checked S, A and R.
 * Written with points: noble's own `verify` multiplies by the cofactor and so accepts signatures
 * with torsion that Node and WebCrypto refuse (1303 of 1800 cases measured).
 */
export function ed25519Equation(
  spki: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { Point } = ed25519;
  const publicKey = spki.subarray(12);
  const r = signature.subarray(0, 32);
  const hashState = sha512.create().update(r).update(publicKey).update(message);
  const h = littleEndian(hashState.digest()) % Point.Fn.ORDER;
  const s = littleEndian(signature.subarray(32));
  let a: InstanceType<typeof Point>;
  try {
    a = Point.fromBytes(publicKey, false);
  } catch {
    return false; // not on the curve
  }
  const left = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
  const right = h === 0n ? Point.ZERO : a.multiplyUnsafe(h);
  const computed = left.subtract(right).toBytes();
  return computed.every((byte: number, index: number) => byte === r[index]);
}

/** ECDSA over P-256 with SHA-256, raw r ‖ s. The caller has checked low S. */
export function p256Verify(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return p256.verify(signature, message, spki.subarray(26), { lowS: true });
  } catch {
    return false; // not on the curve, or r or s out of range
  }
}

const ED25519_PKCS8_PREFIX = '302e020100300506032b657004220420';

/** A private key from PKCS #8 DER. Ed25519 only: browsers here verify, they do not sign. */
export function loadPrivateKey(pkcs8: Uint8Array): LoadedPrivateKey {
  const prefix = Array.from(pkcs8.subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join('');
  if (prefix !== ED25519_PKCS8_PREFIX || pkcs8.length !== 48)
    throw new TypeError('only Ed25519 PKCS #8 keys can sign in a browser');
  const secret = pkcs8.slice(16);
  const spki = new Uint8Array(44);
  spki.set([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
  spki.set(ed25519.getPublicKey(secret), 12);
  return { kind: 'ed25519', spki, signRaw: (message) => ed25519.sign(message, secret) };
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    value = (value << 8n) | BigInt(bytes[index] ?? 0);
  }
  return value;
}
