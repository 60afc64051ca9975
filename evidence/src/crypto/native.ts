/**
 * The primitives from node:crypto: 12 to 17 times faster signatures than pure JavaScript.
 * `noble.ts` is the same face for browsers; `crypto.test.ts` holds both to the same answers.
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { LoadedPrivateKey } from './private-key.ts';

// Up to here copying parts together is cheaper than a hash object, which costs more than hashing a reading does.
const SHORT_BYTES = 2_048;
const scratch = new Uint8Array(SHORT_BYTES);
/** Of the scratch from its start, by length; made once each. */
const views = new Array<Uint8Array | undefined>(SHORT_BYTES + 1);

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return digest(only);
  let length = 0;
  for (const part of parts) length += part.length;
  if (length <= SHORT_BYTES) {
    let at = 0;
    for (const part of parts) {
      scratch.set(part, at);
      at += part.length;
    }
    const whole = views[length] ?? scratch.subarray(0, length);
    views[length] = whole;
    return digest(whole);
  }
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
}

/** In one call, its answer as text of a character a byte: memory for a buffer would cost as much as the hash. */
function digest(bytes: Uint8Array): Uint8Array {
  const text = hash('sha256', bytes, 'binary');
  const answer = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) answer[index] = text.charCodeAt(index);
  return answer;
}

/**
 * Whether encode([S]B - [h]A) equals R byte for byte. The caller has checked S, A and R.
 * OpenSSL computes exactly this cofactorless equation and compares encodings.
 */
export function ed25519Equation(spki: Uint8Array, message: Uint8Array, signature: Uint8Array) {
  return verify(null, message, publicKey(spki), signature);
}

/** ECDSA over P-256 with SHA-256, raw r ‖ s. The caller has checked low S. */
export function p256Verify(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  let key: KeyObject;
  try {
    key = publicKey(spki);
  } catch {
    return false; // not on the curve
  }
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** A private key from PKCS #8 DER: its kind, public SPKI and raw signing function. */
export function loadPrivateKey(pkcs8: Uint8Array): LoadedPrivateKey {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const spki = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }));
  const kind = key.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'p256';
  const signRaw =
    kind === 'ed25519'
      ? (message: Uint8Array) => new Uint8Array(sign(null, message, key))
      : (message: Uint8Array) =>
          new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' }));
  return { kind, spki, signRaw };
}

// Parsing a key costs 6 us, a third of a verification; a gateway meets the same few keys for ever.
const MAX_CACHED_KEYS = 1024;
const cachedKeys = new Map<string, KeyObject>();

function publicKey(spki: Uint8Array): KeyObject {
  const name = Buffer.from(spki).toString('latin1');
  let key = cachedKeys.get(name);
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    if (cachedKeys.size >= MAX_CACHED_KEYS) cachedKeys.clear();
    cachedKeys.set(name, key);
  }
  return key;
}
