/**
 * What a gateway adds when it brings an agent's request to its cloud: that this agent gave it a good code.
 * Signed with the log key, which the cloud knows from the slot's record.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { CborReader, encodeCbor } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { createSign1, openSign1 } from '../keys/cose-sign1.ts';
import type { Signer } from '../keys/signer.ts';
import { asEnrolmentForm, enrolmentFormError } from './enrolment-form.ts';

export interface EnrolmentForward {
  /** Of the gateway's site log. */
  readonly origin: string;
  /** The agent's request, as it came. */
  readonly request: Uint8Array;
  /** Where the agent asked from, as the gateway saw it. */
  readonly address: string;
  /** The gateway's clock. */
  readonly askedAtMs: number;
}

const FORWARD_TYPE = 'sigill.enroll.forward.1';

export function signEnrolmentForward(
  { origin, request, address, askedAtMs }: EnrolmentForward,
  log: Signer,
): Uint8Array {
  const payload = [FORWARD_TYPE, origin, sha256(request), address, askedAtMs];
  return createSign1(encodeCbor(payload), log);
}

/** @throws EvidenceError ENROLMENT_FORM, SEAL_FORM, KEY_*, SIGNATURE_* */
export function openEnrolmentForward(
  cose: Uint8Array,
  request: Uint8Array,
  logKey: Uint8Array,
): EnrolmentForward {
  const payload = openSign1(cose, logKey);
  return asEnrolmentForm(() => {
    const reader = new CborReader(payload);
    reader.tuple(5);
    reader.literal(FORWARD_TYPE);
    const origin = reader.text();
    if (!equalBytes(reader.fixedBytes(32), sha256(request)))
      throw enrolmentFormError('the gateway forwarded another request');
    const forward = { origin, request, address: reader.text(), askedAtMs: reader.safeInteger() };
    reader.end();
    return forward;
  });
}
