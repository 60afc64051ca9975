/**
 * Questions of one box under one code, and their answers: each checked for who gave it, to whom, when, and over
 * which certificate.
 * @module
 */
import {
  boxHash,
  decodeEnrolmentAnswer,
  type EnrolmentAnswer,
  enrolmentMac,
  equalBytes,
  fromBase64,
  isEnrolmentMac,
  parseEnrolmentCode,
  signEnrolmentRequest,
  toBase64,
  toHex,
} from '@sigill/evidence';
import type { EnrolmentParts } from './client.ts';
import { EnrolmentError } from './enrolment-error.ts';
import type { Answer, ShownCertificate } from './exchange.ts';
import { between, forged, noServer, refusal } from './refusals.ts';

const BOX_UNKNOWN = 404;

export interface EnrolmentSession {
  ask(): Promise<EnrolmentAnswer>;
  /** Null: the server does not know this box (any more). */
  poll(): Promise<EnrolmentAnswer | null>;
}

/** Both throw EnrolmentError. */
export function createSession({
  identity,
  exchange,
  now,
  random,
  signal,
  code,
}: EnrolmentParts): EnrolmentSession {
  const { invitation, secret } = readCode(code);
  const keys = { agentKey: identity.agent.publicKey, logKey: identity.log?.publicKey ?? null };
  const box = boxHash(keys);
  let seen: ShownCertificate | undefined;

  function open({ status, body, certificate }: Answer, nonce: Uint8Array): EnrolmentAnswer {
    assertSame(certificate);
    if (status !== 200) throw refusal(status, body);
    const { bytes, mac } = readEnvelope(body);
    if (!isEnrolmentMac(secret, bytes, mac))
      throw forged('its answer is not under the code’s secret');
    const answer = decodeAnswer(bytes);
    if (!equalBytes(answer.box, box)) throw forged('it answers another box');
    if (!equalBytes(answer.nonce, nonce)) throw forged('it repeats an older answer');
    if (!sameCertificate(answer.certificate, certificate)) throw between();
    return answer;
  }

  function assertSame(certificate: ShownCertificate): void {
    if (seen !== undefined && !sameCertificate(seen, certificate)) throw between();
    seen = certificate;
  }

  return {
    async ask() {
      const nonce = random(16);
      const answer = await exchange((certificate) => {
        const { kind, name, passwordHash } = identity;
        const said = { kind, name, ...keys, passwordHash, nonce, certificate };
        const request = signEnrolmentRequest(
          { ...said, clientTimeMs: now() },
          identity.agent,
          identity.log,
        );
        const mac = toBase64(enrolmentMac(secret, request));
        const body = JSON.stringify({ invitation, request: toBase64(request), mac });
        return { method: 'POST', path: 'enroll/v1/requests', body };
      }, signal);
      return open(answer, nonce);
    },
    async poll() {
      const nonce = random(16);
      const path = `enroll/v1/requests/${toHex(box)}?nonce=${toHex(nonce)}`;
      const answer = await exchange(() => ({ method: 'GET', path }), signal);
      if (answer.status === BOX_UNKNOWN) return null;
      return open(answer, nonce);
    },
  };
}

function readCode(code: string) {
  try {
    return parseEnrolmentCode(code);
  } catch (cause) {
    throw new EnrolmentError('CODE_MALFORMED', (cause as Error).message, { cause });
  }
}

function readEnvelope(body: unknown): { bytes: Uint8Array; mac: Uint8Array } {
  const { answer, mac } = (body ?? {}) as { answer?: unknown; mac?: unknown };
  try {
    return { bytes: fromBase64(String(answer)), mac: fromBase64(String(mac)) };
  } catch (cause) {
    throw noServer(cause);
  }
}

function decodeAnswer(bytes: Uint8Array): EnrolmentAnswer {
  try {
    return decodeEnrolmentAnswer(bytes);
  } catch (cause) {
    throw noServer(cause);
  }
}

function sameCertificate(one: ShownCertificate, other: ShownCertificate): boolean {
  return one === null || other === null ? one === other : equalBytes(one, other);
}
