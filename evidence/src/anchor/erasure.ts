/**
 * A reading erased on the operator's word. Its bytes, salt and frame are gone; its leaf hash stays, so that all its
 * neighbours can still be proven, and nobody can guess what it said.
 *
 *     erasure = COSE_Sign1(operator key, [ "sigill.erase.1", agent: bstr16, seq, source, device, n,
 *                 leafHash: bstr32, reason ])
 *
 * @module
 */
import { CborReader, encodeCbor } from '../bytes/canonical-cbor.ts';
import { EvidenceError } from '../errors.ts';
import { createSign1, openSign1 } from '../keys/cose-sign1.ts';
import type { Signer } from '../keys/signer.ts';
import { assertStream } from '../reading/reading.ts';

export interface Erasure {
  readonly agent: Uint8Array;
  readonly seq: number;
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly leafHash: Uint8Array;
  /** For people, 1 to 500 characters; it must not say what is erased. */
  readonly reason: string;
}

const TYPE = 'sigill.erase.1';
const MAX_REASON = 500;

/** @throws EvidenceError ERASURE_FORM for one that could not be read again */
export function signErasure(erasure: Erasure, operator: Signer): Uint8Array {
  const { agent, seq, source, device, n, leafHash, reason } = erasure;
  const payload = asErasure(() =>
    encodeCbor([TYPE, agent, seq, source, device, n, leafHash, reason]),
  );
  decode(payload);
  return createSign1(payload, operator);
}

/** @throws EvidenceError ERASURE_FORM, SEAL_FORM, KEY_*, SIGNATURE_* */
export function openErasure(cose: Uint8Array, operatorKey: Uint8Array): Erasure {
  return decode(openSign1(cose, operatorKey));
}

function decode(payload: Uint8Array): Erasure {
  return asErasure(() => {
    const reader = new CborReader(payload);
    reader.tuple(8);
    reader.literal(TYPE);
    const erasure = {
      agent: reader.fixedBytes(16),
      seq: reader.uint(),
      source: reader.text(),
      device: reader.text(),
      n: reader.uint(),
      leafHash: reader.fixedBytes(32),
      reason: reader.text(),
    };
    reader.end();
    assertStream(erasure.source, erasure.device);
    if (erasure.reason === '' || erasure.reason.length > MAX_REASON)
      throw new EvidenceError('ERASURE_FORM', `a reason of 1 to ${MAX_REASON} characters expected`);
    return erasure;
  });
}

function asErasure<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new EvidenceError('ERASURE_FORM', (cause as Error).message, { cause });
  }
}
