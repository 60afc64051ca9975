/**
 * Who signs: a key and what it signs with.
 * @module
 */
import { loadPrivateKey } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { verifyEd25519 } from './ed25519.ts';
import { verifyP256, withLowS } from './p256.ts';
import { type Algorithm, keyAlgorithm } from './spki.ts';

export interface Signer {
  readonly algorithm: Algorithm;
  /** SPKI DER. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** @param pkcs8 PKCS #8 DER of an Ed25519 or P-256 key. @throws EvidenceError KEY_FORM */
export function createSigner(pkcs8: Uint8Array): Signer {
  let key: ReturnType<typeof loadPrivateKey>;
  try {
    key = loadPrivateKey(pkcs8);
  } catch (cause) {
    throw new EvidenceError('KEY_FORM', 'PKCS #8 key of Ed25519 or P-256 expected', { cause });
  }
  const algorithm = keyAlgorithm(key.spki);
  return {
    algorithm,
    publicKey: key.spki,
    sign: algorithm === 'EdDSA' ? key.signRaw : (message) => withLowS(key.signRaw(message)),
  };
}

/** Verifies with whichever algorithm the key is for. @throws EvidenceError KEY_*, SIGNATURE_* */
export function verifySignature(
  spki: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): void {
  if (keyAlgorithm(spki) === 'EdDSA') verifyEd25519(spki, message, signature);
  else verifyP256(spki, message, signature);
}
