/**
 * Public keys: SubjectPublicKeyInfo DER (RFC 5280) in one form only, so that one key has one name.
 *
 *     Ed25519   44 bytes  302a300506032b6570032100 ‖ A
 *     P-256     91 bytes  3059301306072a8648ce3d020106082a8648ce3d030107034200 ‖ 04 ‖ X ‖ Y
 * @module
 */
import { equalBytes, fromHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { assertEd25519PublicKey } from './ed25519.ts';

export type Algorithm = 'EdDSA' | 'ES256';

const ED25519_PREFIX = fromHex('302a300506032b6570032100');
const P256_PREFIX = fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004');

/**
 * Which algorithm a key is for.
 * @throws EvidenceError KEY_FORM for any other form, KEY_WEAK for an Ed25519 point of small order
 */
export function keyAlgorithm(spki: Uint8Array): Algorithm {
  if (spki.length === 44 && equalBytes(spki.subarray(0, 12), ED25519_PREFIX)) {
    assertEd25519PublicKey(spki.subarray(12));
    return 'EdDSA';
  }
  if (spki.length === 91 && equalBytes(spki.subarray(0, 27), P256_PREFIX)) return 'ES256';
  throw new EvidenceError(
    'KEY_FORM',
    `SPKI of Ed25519 (44 bytes) or P-256 (91 bytes, uncompressed) expected, got ${spki.length} bytes`,
  );
}

/** The raw 32 bytes of an Ed25519 key. @throws EvidenceError KEY_FORM, KEY_WEAK */
export function ed25519Raw(spki: Uint8Array): Uint8Array {
  if (keyAlgorithm(spki) !== 'EdDSA')
    throw new EvidenceError('KEY_FORM', 'Ed25519 key expected, got P-256');
  return spki.slice(12);
}

/** The SPKI of a raw Ed25519 key. @throws EvidenceError KEY_FORM, KEY_WEAK */
export function ed25519Spki(raw: Uint8Array): Uint8Array {
  if (raw.length !== 32)
    throw new EvidenceError('KEY_FORM', `Ed25519 key of 32 bytes expected, got ${raw.length}`);
  const spki = new Uint8Array(44);
  spki.set(ED25519_PREFIX);
  spki.set(raw, 12);
  keyAlgorithm(spki);
  return spki;
}
