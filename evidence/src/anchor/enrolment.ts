/**
 * How a box comes under an operator: what it asks, and how that is known to come from who holds the invitation's
 * secret and from nobody in between.
 * @module
 */
import { equalBytes, toHex } from '../bytes/bytes.ts';
import { CborReader, encodeCbor } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { createSign1, decodeSign1, openSign1 } from '../keys/cose-sign1.ts';
import { hmacSha256 } from '../keys/hmac.ts';
import type { Signer } from '../keys/signer.ts';
import { ed25519Raw, keyAlgorithm } from '../keys/spki.ts';
import { asEnrolmentForm as asForm, enrolmentFormError as formError } from './enrolment-form.ts';

export interface EnrolmentRequest {
  readonly kind: EnrolmentKind;
  /** What people call the box: a lower-case letter or digit, then up to 58 of these and `. _ -`. */
  readonly name: string;
  /** SPKI of a gateway's site log; null for an agent. */
  readonly logKey: Uint8Array | null;
  /** SPKI. */
  readonly agentKey: Uint8Array;
  /** SHA-256 of the password an agent will show to its gateway's broker; null for a gateway. */
  readonly passwordHash: Uint8Array | null;
  /** 16 bytes that no request had before. */
  readonly nonce: Uint8Array;
  /** The box's clock, which may be wrong by decades. */
  readonly clientTimeMs: number;
  /** SHA-256 of the certificate that the server showed to the box; null without TLS. */
  readonly certificate: Uint8Array | null;
}

/** `generation`: a gateway's next log, asked for under its last log key (see `EnrolmentForward`). */
export type EnrolmentKind = 'gateway' | 'agent' | 'generation';

/** The keys of a box. */
export type BoxKeys = Pick<EnrolmentRequest, 'logKey' | 'agentKey'>;

const REQUEST_TYPE = 'sigill.enroll.1';
const NAME = /^[a-z0-9][a-z0-9._-]{0,58}$/;
const NONCE_BYTES = 16;
const MAC_BYTES = 32;
// Two envelopes of some 300 bytes; a server looks at no more.
export const MAX_ENROLMENT_REQUEST_BYTES = 2_048;

/** Signed by each of its keys, so that nobody enrols a key that they do not hold. @throws EvidenceError ENROLMENT_FORM */
export function signEnrolmentRequest(
  request: EnrolmentRequest,
  agent: Signer,
  log: Signer | null,
): Uint8Array {
  const payload = asForm(() => encodePayload(request));
  decodePayload(payload);
  return encodeCbor([createSign1(payload, agent), log === null ? null : createSign1(payload, log)]);
}

/** @throws EvidenceError ENROLMENT_FORM, SEAL_FORM, KEY_*, SIGNATURE_* */
export function openEnrolmentRequest(bytes: Uint8Array): EnrolmentRequest {
  if (bytes.length > MAX_ENROLMENT_REQUEST_BYTES)
    throw formError(`${MAX_ENROLMENT_REQUEST_BYTES} bytes at most, got ${bytes.length}`);
  const [byAgent, byLog] = asForm(() => {
    const reader = new CborReader(bytes);
    reader.tuple(2);
    const envelopes = [reader.bytes(), reader.nullable(() => reader.bytes())] as const;
    reader.end();
    return envelopes;
  });
  const { payload } = decodeSign1(byAgent);
  const request = decodePayload(payload);
  openSign1(byAgent, request.agentKey);
  if ((byLog === null) !== (request.logKey === null))
    throw formError('a log key and its signature come together');
  if (byLog !== null && !equalBytes(openSign1(byLog, request.logKey!), payload))
    throw formError('both keys sign the same request');
  return request;
}

/** The MAC of a request or an answer. */
export function enrolmentMac(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hmacSha256(secret, bytes);
}

/** In constant time. */
export function isEnrolmentMac(secret: Uint8Array, bytes: Uint8Array, mac: Uint8Array): boolean {
  return mac.length === MAC_BYTES && equalBytes(enrolmentMac(secret, bytes), mac);
}

/** Names a box by its keys. */
export function boxHash({ logKey, agentKey }: BoxKeys): Uint8Array {
  return sha256(logKey ?? new Uint8Array(0), agentKey);
}

/** What two people compare: the first 8 bytes of the box's hash, `6f1c 09aa 41d7 e3b2`. */
export function boxFingerprint(keys: BoxKeys): string {
  const digits = toHex(boxHash(keys)).slice(0, 16);
  return [0, 4, 8, 12].map((at) => digits.slice(at, at + 4)).join(' ');
}

function encodePayload(request: EnrolmentRequest): Uint8Array {
  const { kind, name, logKey, agentKey, passwordHash, nonce, clientTimeMs, certificate } = request;
  return encodeCbor([
    ...[REQUEST_TYPE, kind, name, logKey, agentKey, passwordHash, nonce, clientTimeMs, certificate],
  ]);
}

function decodePayload(payload: Uint8Array): EnrolmentRequest {
  const request = asForm(() => {
    const reader = new CborReader(payload);
    reader.tuple(9);
    reader.literal(REQUEST_TYPE);
    const read = {
      kind: readKind(reader),
      name: reader.text(),
      logKey: reader.nullable(() => reader.bytes()),
      agentKey: reader.bytes(),
      passwordHash: reader.nullable(() => reader.fixedBytes(32)),
      nonce: reader.fixedBytes(NONCE_BYTES),
      clientTimeMs: reader.safeInteger(),
      certificate: reader.nullable(() => reader.fixedBytes(32)),
    };
    reader.end();
    return read;
  });
  assertRequest(request);
  return request;
}

function assertRequest({ kind, name, logKey, agentKey, passwordHash }: EnrolmentRequest): void {
  if (!NAME.test(name)) throw formError('a name of a-z 0-9 . _ -, 1 to 59 of them, expected');
  if ((logKey === null) !== (kind === 'agent'))
    throw formError('a gateway has a log key, and an agent has none');
  if ((passwordHash !== null) !== (kind === 'agent'))
    throw formError('an agent has a password, and a gateway has none');
  asForm(() => {
    keyAlgorithm(agentKey);
    if (logKey !== null) ed25519Raw(logKey);
  });
  if (logKey !== null && equalBytes(logKey, agentKey)) throw formError('one key, one job');
}

function readKind(reader: CborReader): EnrolmentKind {
  const kind = reader.text();
  if (kind !== 'gateway' && kind !== 'agent' && kind !== 'generation')
    throw formError('gateway, agent or generation expected');
  return kind;
}
