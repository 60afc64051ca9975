/**
 * A box asks to be enrolled and waits for the operator. The same for a gateway at a cloud and for an agent at a
 * gateway. Nothing is kept in between: after a power cut the same command asks again, and is known by its keys.
 * @module
 */
import {
  boxHash,
  decodeEnrolmentAnswer,
  type EnrolmentAnswer,
  type EnrolmentApproval,
  type EnrolmentKind,
  EvidenceError,
  enrolmentMac,
  equalBytes,
  findBox,
  fromBase64,
  isEnrolmentMac,
  type Opened,
  openOperatorChain,
  openSlotRecord,
  parseEnrolmentCode,
  parsePolicy,
  type Signer,
  type SlotRecord,
  signEnrolmentRequest,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { EnrolmentError, type EnrolmentErrorCode } from './enrolment-error.ts';
import type { Answer, Exchange, ShownCertificate } from './exchange.ts';

export interface BoxIdentity {
  readonly kind: EnrolmentKind;
  readonly name: string;
  readonly agent: Signer;
  /** Null for an agent. */
  readonly log: Signer | null;
  /** SHA-256 of what an agent will show to its gateway's broker; null for a gateway. */
  readonly passwordHash: Uint8Array | null;
}

export interface EnrolmentParts {
  readonly code: string;
  readonly identity: BoxIdentity;
  readonly exchange: Exchange;
  /** ms since the Unix epoch, as wrong as it may be. */
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly tell: (event: EnrolmentEvent) => void;
  readonly signal: AbortSignal;
}

export type EnrolmentEvent =
  | { readonly what: 'waiting' }
  /** This box's clock less the server's. */
  | { readonly what: 'clock'; readonly offMs: number; readonly serverTimeMs: number }
  | { readonly what: 'away'; readonly reason: string }
  | { readonly what: 'back' };

export interface Enrolled extends EnrolmentApproval {
  readonly slot: Opened<SlotRecord>;
  /** Of the server, seen and said by both. */
  readonly certificate: ShownCertificate;
}

// Somebody stands at the box and looks at it.
const POLL_MS = 1_000;
// The operator may take days, and the line may be away for as long.
const LONGEST_WAIT_MS = 30_000;
// A wrong address should be noticed at once; a line that comes up a moment later should not matter.
const FIRST_TRIES = 4;
// What nobody notices in a note of when something was read.
const CLOCK_OFF_MS = 10_000;
const BOX_UNKNOWN = 404;
const TOO_MANY = 429;

/** @throws EnrolmentError */
export async function enrol(parts: EnrolmentParts): Promise<Enrolled> {
  const { signal, tell } = parts;
  const session = createSession(parts);
  let answer = await askFirst();
  tellClock(answer, parts);
  let told = false;
  while (answer.outcome.state === 'waiting') {
    if (!told) tell({ what: 'waiting' });
    told = true;
    await parts.wait(POLL_MS, signal);
    answer = await pollPatiently();
  }
  if (answer.outcome.state === 'refused') throw refused(answer.outcome.reason);
  return openApproval(answer.outcome.approval, parts.identity, answer.certificate);

  async function askFirst(): Promise<EnrolmentAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await session.ask();
      } catch (error) {
        assertRunning();
        if (!isAway(error) || attempt === FIRST_TRIES) throw error;
        if (attempt === 1) tell({ what: 'away', reason: (error as Error).message });
        await parts.wait(POLL_MS, signal);
      }
    }
  }

  /** Until there is an answer: the operator may need longer than the line holds. */
  async function pollPatiently(): Promise<EnrolmentAnswer> {
    for (let pauseMs = POLL_MS, away = false; ; pauseMs = Math.min(2 * pauseMs, LONGEST_WAIT_MS)) {
      assertRunning();
      try {
        const polled = (await session.poll()) ?? (await session.ask());
        if (away) tell({ what: 'back' });
        return polled;
      } catch (error) {
        assertRunning();
        if (!isAway(error)) throw error;
        if (!away) tell({ what: 'away', reason: (error as Error).message });
        away = true;
        await parts.wait(pauseMs, signal);
      }
    }
  }

  function assertRunning(): void {
    if (!signal.aborted) return;
    throw new EnrolmentError(
      'ENROLMENT_STOPPED',
      'stopped before the operator had decided; run the same command again to go on',
      { retryable: true },
    );
  }
}

function createSession({ identity, exchange, now, random, signal, code }: EnrolmentParts) {
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
    async ask(): Promise<EnrolmentAnswer> {
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
    /** Null: the server does not know this box (any more). */
    async poll(): Promise<EnrolmentAnswer | null> {
      const nonce = random(16);
      const path = `enroll/v1/requests/${toHex(box)}?nonce=${toHex(nonce)}`;
      const answer = await exchange(() => ({ method: 'GET', path }), signal);
      if (answer.status === BOX_UNKNOWN) return null;
      return open(answer, nonce);
    },
  };
}

/** What was approved, held against everything this box knows itself. @throws EnrolmentError ENROLMENT_ANSWER */
function openApproval(
  approval: EnrolmentApproval,
  { agent, log }: BoxIdentity,
  certificate: ShownCertificate,
): Enrolled {
  try {
    const chain = openOperatorChain(
      approval.records.slice(0, -1),
      parsePolicy(approval.policy).operator,
    );
    const cose = approval.records.at(-1) ?? new Uint8Array(0);
    const slot = openWithAny(cose, chain.map(({ record }) => record.key).toReversed());
    const keys = { agentKey: agent.publicKey, logKey: log?.publicKey ?? null };
    if (slot.record.origin !== approval.origin || findBox(keys, [slot.record]) !== 'active')
      throw new EvidenceError('RECORD_FORM', 'the record it sent does not let this box in');
    return { ...approval, slot, certificate };
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new EnrolmentError(
      'ENROLMENT_ANSWER',
      `the server’s records do not hold: ${cause.message}; ask the operator to look at them`,
      { cause },
    );
  }
}

function openWithAny(cose: Uint8Array, keys: readonly Uint8Array[]): Opened<SlotRecord> {
  let last: unknown = new EvidenceError('RECORD_CHAIN', 'no operator record');
  for (const key of keys) {
    try {
      return openSlotRecord(cose, key);
    } catch (error) {
      last = error;
    }
  }
  throw last;
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

function tellClock({ timeMs }: EnrolmentAnswer, { now, tell }: EnrolmentParts): void {
  const offMs = now() - timeMs;
  if (Math.abs(offMs) >= CLOCK_OFF_MS) tell({ what: 'clock', offMs, serverTimeMs: timeMs });
}

function sameCertificate(one: ShownCertificate, other: ShownCertificate): boolean {
  return one === null || other === null ? one === other : equalBytes(one, other);
}

const isAway = (error: unknown) =>
  error instanceof EnrolmentError && error.code === 'ENROLMENT_UNREACHABLE';

const REFUSALS: ReadonlySet<string> = new Set<EnrolmentErrorCode>([
  ...(['CODE_WRONG', 'CODE_USED', 'CODE_EXPIRED', 'CODE_VOID', 'CODE_KIND'] as const),
  ...(['CERTIFICATE_MISMATCH', 'KEY_KNOWN', 'BOX_REVOKED', 'ENROLMENT_BUSY'] as const),
]);

/** The server's own words, which it cannot sign: who does not know the code gets no MAC. */
function refusal(status: number, body: unknown): EnrolmentError {
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown };
  if (typeof code === 'string' && REFUSALS.has(code) && typeof detail === 'string')
    return new EnrolmentError(code as EnrolmentErrorCode, detail.slice(0, 500));
  if (status >= 500 || status === TOO_MANY)
    return new EnrolmentError('ENROLMENT_UNREACHABLE', `the server answers ${status}`, {
      retryable: true,
    });
  const said = typeof detail === 'string' ? `: ${detail.slice(0, 200)}` : '';
  return new EnrolmentError(
    'ENROLMENT_ANSWER',
    `the server answers ${status}${said}; is this the address of a Sigill server?`,
  );
}

function refused(reason: string): EnrolmentError {
  const said = reason === '' ? 'without a reason' : `“${reason}”`;
  return new EnrolmentError(
    'ENROLMENT_REFUSED',
    `the operator does not let this box in: ${said}; talk to them, then ask with a new code`,
  );
}

function noServer(cause: unknown): EnrolmentError {
  return new EnrolmentError(
    'ENROLMENT_ANSWER',
    'the answer is not that of a Sigill server of this version; check the address, and update the older of the two',
    { cause },
  );
}

function forged(what: string): EnrolmentError {
  return new EnrolmentError(
    'ENROLMENT_FORGED',
    `the answer does not come from who made the code: ${what}; check the address, and if it is right use another network and tell the operator`,
  );
}

function between(): EnrolmentError {
  return new EnrolmentError(
    'CERTIFICATE_MISMATCH',
    'somebody between this box and the server shows another certificate than the server’s own; nothing was taken from them. Use another network, and tell the operator',
  );
}
