/**
 * A box asks to be enrolled and waits for the operator. The same for a gateway at a cloud and for an agent at a
 * gateway. Nothing is kept in between: after a power cut the same command asks again, and is known by its keys.
 * @module
 */
import {
  type EnrolmentAnswer,
  type EnrolmentApproval,
  type EnrolmentKind,
  EvidenceError,
  findBox,
  type Opened,
  openOperatorChain,
  openSlotRecord,
  parsePolicy,
  type Signer,
  type SlotRecord,
} from '@sigill/evidence';
import { EnrolmentError } from './enrolment-error.ts';
import type { Exchange, ShownCertificate } from './exchange.ts';
import { refused } from './refusals.ts';
import { createSession } from './session.ts';

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

function tellClock({ timeMs }: EnrolmentAnswer, { now, tell }: EnrolmentParts): void {
  const offMs = now() - timeMs;
  if (Math.abs(offMs) >= CLOCK_OFF_MS) tell({ what: 'clock', offMs, serverTimeMs: timeMs });
}

const isAway = (error: unknown) =>
  error instanceof EnrolmentError && error.code === 'ENROLMENT_UNREACHABLE';
