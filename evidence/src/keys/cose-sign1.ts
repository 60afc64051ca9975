/**
 * The one COSE_Sign1 (RFC 9052 §4.2) form used here, in exactly these bytes:
 *
 *     D2 84 · 43 A1 01 27 (EdDSA) or 43 A1 01 26 (ES256) · A0 · bstr payload · 58 40 signature
 *
 * Empty external_aad. The algorithm must be that of the registered key.
 * @module
 */
import { concatBytes, equalBytes, fromHex } from '../bytes/bytes.ts';
import { CborReader, CborWriter } from '../bytes/canonical-cbor.ts';
import { EvidenceError } from '../errors.ts';
import { type Signer, verifySignature } from './signer.ts';
import { type Algorithm, keyAlgorithm } from './spki.ts';

const PROTECTED: Readonly<Record<Algorithm, Uint8Array>> = {
  EdDSA: fromHex('a10127'),
  ES256: fromHex('a10126'),
};
const PREFIX_LENGTH = 7;

export interface Sign1 {
  readonly algorithm: Algorithm;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export function createSign1(payload: Uint8Array, signer: Signer): Uint8Array {
  const signature = signer.sign(toBeSigned(signer.algorithm, payload));
  const writer = new CborWriter(payload.length + 80);
  writer.raw(prefix(signer.algorithm));
  writer.bytes(payload);
  writer.bytes(signature);
  return writer.finish();
}

/** Takes the envelope apart without verifying. @throws EvidenceError SEAL_FORM */
export function decodeSign1(bytes: Uint8Array): Sign1 {
  const head = bytes.subarray(0, PREFIX_LENGTH);
  const algorithm = (['EdDSA', 'ES256'] as const).find((name) => equalBytes(prefix(name), head));
  if (algorithm === undefined)
    throw new EvidenceError('SEAL_FORM', 'COSE_Sign1 with EdDSA or ES256 expected');
  try {
    const reader = new CborReader(bytes.subarray(PREFIX_LENGTH));
    const payload = reader.bytes();
    const signature = reader.fixedBytes(64);
    reader.end();
    return { algorithm, payload, signature };
  } catch (cause) {
    throw new EvidenceError('SEAL_FORM', `COSE_Sign1: ${(cause as Error).message}`, { cause });
  }
}

/** The payload, once the signature is known to be good. @throws EvidenceError SEAL_FORM, KEY_*, SIGNATURE_* */
export function openSign1(bytes: Uint8Array, spki: Uint8Array): Uint8Array {
  const { algorithm, payload, signature } = decodeSign1(bytes);
  const registered = keyAlgorithm(spki);
  if (algorithm !== registered)
    throw new EvidenceError(
      'SEAL_FORM',
      `algorithm ${registered} of the key expected, got ${algorithm}`,
    );
  verifySignature(spki, toBeSigned(algorithm, payload), signature);
  return payload;
}

function prefix(algorithm: Algorithm): Uint8Array {
  return concatBytes(fromHex('d28443'), PROTECTED[algorithm], fromHex('a0'));
}

// RFC 9052 §4.4: ["Signature1", protected, external_aad, payload]
function toBeSigned(algorithm: Algorithm, payload: Uint8Array): Uint8Array {
  const writer = new CborWriter(payload.length + 32);
  writer.array(4);
  writer.text('Signature1');
  writer.bytes(PROTECTED[algorithm]);
  writer.bytes(new Uint8Array(0));
  writer.bytes(payload);
  return writer.finish();
}
