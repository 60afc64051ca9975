/** For tests: keys that follow from a name, and bytes that follow from a name. Anyone can make them again. */
import { concatBytes, fromHex, utf8 } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { createSigner, type Signer } from '../keys/signer.ts';

// RFC 8410 §7: PKCS #8 around a 32-byte Ed25519 seed.
const ED25519_PKCS8 = fromHex('302e020100300506032b657004220420');
// RFC 5915: PKCS #8 around a P-256 scalar, without the public key.
const P256_PKCS8 = fromHex(
  '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
);

export function testSigner(name: string): Signer {
  return createSigner(concatBytes(ED25519_PKCS8, testBytes(name)));
}

/** Only where node:crypto is: browsers here do not sign with P-256. */
export function testSignerP256(name: string): Signer {
  return createSigner(concatBytes(P256_PKCS8, testBytes(name)));
}

export function testBytes(name: string, length = 32): Uint8Array {
  return sha256(utf8(name)).slice(0, length);
}
