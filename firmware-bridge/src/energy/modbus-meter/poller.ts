/**
 * Asks the meters of a bus in turn, one question at a time.
 *
 * A meter's round is all its blocks of registers; what they answered is one observation, however many answered: people
 * read one meter, and one reading holds what was true within the same second. A meter that does not answer rests, twice
 * as long each time, so that it costs the others little. Its next question is a probe of another length, whose answer is
 * thrown away: an answer that comes too late can then be told from the one that is due, though an answer on a serial line
 * does not say to which question.
 * @module
 */
import {
  type DecodedObservation,
  type Rejection,
  rejection,
  type Session,
  type Step,
} from '../../driver.ts';
import { DecodeError } from '../../errors.ts';
import { type Answer, describeException, type Question, writeQuestion } from './adu.ts';
import { type Asked, explainSilence, searchAnswer } from './answer-search.ts';
import { mismatch } from './exchange.ts';
import { type Bus, exceptionOf, observeRound, type Round } from './listener.ts';
import {
  createMeter,
  leaveOut,
  type Pace,
  type PolledMeter,
  probeOf,
  wasRead,
  wasSilent,
} from './polled-meter.ts';
import { type Block, hex4 } from './register-map.ts';
import { createSteadyClock } from './steady-clock.ts';

export interface PollerOptions extends Bus, Pace {}

interface Waiting extends Asked {
  readonly deadlineMs: number;
  readonly isProbe: boolean;
}

// [MODBUS over Serial Line V1.02 §2.5.1.1] 3.5 characters: 16 ms at 2400 baud. Meters want some more to turn around.
const QUIET_MS = 25;
// When every meter of a bus has been silent so often, it may be the adapter or the connection that hangs.
const FAILURES_BEFORE_RESET = 5;
// Twice the longest answer: what came before cannot be part of one.
const MAX_HEARD = 512;
// Answers that mean "not these registers", and not "not now".
const LACKING_EXCEPTIONS: ReadonlySet<number> = new Set([1, 2, 3]);

export function createPoller(
  options: PollerOptions,
  start: { readonly nowMs: number; readonly received: number },
): Session {
  const { map, mode, addresses, timeoutMs } = options;
  const quietMs = mode === 'rtu' ? QUIET_MS : 0;
  const meters = addresses.map((address) => createMeter(address, map, start.nowMs));
  const clock = createSteadyClock();
  let transaction = 0;
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let asked: Waiting | null = null;
  let meter: PolledMeter | null = null;
  let queue: Block[] = [];
  let round: Round | null = null;
  let hasRetried = false;
  let heard = new Uint8Array(0);
  let { received } = start;
  let observations: DecodedObservation[] = [];
  let rejected: Rejection[] = [];
  let reset: string | null = null;

  const heardAt = () => ({ offset: received - heard.length, bytes: heard });

  /** Asks what is due, and says when to look again. */
  function proceed(nowMs: number): Step {
    const send: Uint8Array[] = [];
    let nextMs: number;
    for (;;) {
      if (asked !== null) nextMs = asked.deadlineMs;
      else if (meter !== null && queue.length === 0) {
        finishRound(nowMs);
        continue;
      } else if (nowMs < quietUntilMs) nextMs = quietUntilMs;
      else if (meter !== null) {
        send.push(ask(meter, nowMs));
        continue;
      } else {
        const next = meters.reduce((a, b) => (b.dueMs < a.dueMs ? b : a));
        if (next.dueMs <= nowMs) {
          meter = next;
          queue = [...next.blocks];
          hasRetried = false;
          continue;
        }
        nextMs = next.dueMs;
      }
      break;
    }
    const step = { observations, rejected, send, nextTickMs: clock.toCaller(nextMs), reset };
    observations = [];
    rejected = [];
    reset = null;
    return step;
  }

  function ask(to: PolledMeter, nowMs: number): Uint8Array {
    const { address, isSuspect } = to;
    transaction = (transaction + 1) % 0x10000;
    const block = isSuspect ? probeOf(map, to) : (queue[0] as Block);
    const id = mode === 'tcp' ? transaction : 0;
    const question: Question = { ...block, address, read: map.read, transaction: id };
    const request = writeQuestion(mode, question);
    asked = { question, request, deadlineMs: nowMs + timeoutMs, isProbe: isSuspect };
    heard = new Uint8Array(0); // what came unasked, or too late, is nobody's answer
    return request;
  }

  function hear(bytes: Uint8Array, nowMs: number): void {
    received += bytes.length;
    if (asked === null) return;
    const joined = new Uint8Array(heard.length + bytes.length);
    joined.set(heard);
    joined.set(bytes, heard.length);
    heard = joined.subarray(-MAX_HEARD);
    const found = searchAnswer(mode, asked, heard);
    if (found === 'damaged') fail(nowMs, of(asked.question, mismatch()), true);
    else if (found !== null) answered(found.answer, found.at, found.length, nowMs);
  }

  function answered(answer: Answer, at: number, length: number, nowMs: number): void {
    if (asked === null || meter === null) return;
    const { question, request, isProbe } = asked;
    const { offset, bytes } = heardAt();
    if (answer.data === null && !LACKING_EXCEPTIONS.has(answer.exception)) {
      fail(nowMs, exceptionOf(question, answer.exception), false);
      return;
    }
    asked = null;
    quietUntilMs = nowMs + quietMs;
    if (isProbe) {
      meter.isSuspect = false;
      return;
    }
    queue.shift();
    hasRetried = false;
    if (answer.data === null) {
      refused(meter, question, answer.exception, { offset: offset + at, bytes: bytes.slice(at) });
      return;
    }
    round ??= { address: meter.address, offset: offset + at, parts: [], exchanges: [] };
    round.parts.push(request, bytes.slice(at, at + length));
    round.exchanges.push({ question, data: answer.data });
  }

  function refused(
    by: PolledMeter,
    question: Question,
    exception: number,
    at: { offset: number; bytes: Uint8Array },
  ): void {
    const { halves, lacks } = leaveOut(map, by, question);
    queue.unshift(...halves);
    if (lacks === null) return;
    const name = `register 0x${hex4(lacks.register)} (${lacks.name})`;
    const message = `meter ${by.address} is asked no more for ${name}: ${describeException(exception)}`;
    rejected.push(rejection(new DecodeError('DEVICE_EXCEPTION', message), at));
  }

  function finishRound(nowMs: number): void {
    tellRound();
    if (meter === null) return;
    wasRead(meter, nowMs, options);
    meter = null;
  }

  function tellRound(): void {
    const observation = round && observeRound(map, round);
    if (observation) observations.push(observation);
    round = null;
  }

  function fail(nowMs: number, error: DecodeError, mayRetry: boolean): void {
    if (meter === null || asked === null) return;
    rejected.push(rejection(error, heardAt()));
    asked = null;
    quietUntilMs = nowMs + quietMs;
    if (mayRetry && !hasRetried) {
      hasRetried = true;
      return;
    }
    tellRound();
    queue = [];
    wasSilent(meter, nowMs, options);
    meter = null;
    if (meters.every(({ failures }) => failures >= FAILURES_BEFORE_RESET)) {
      reset = `no meter has answered for ${FAILURES_BEFORE_RESET} rounds`;
      for (const each of meters) each.failures = 1;
    }
  }

  function timeOut(nowMs: number): void {
    if (asked === null) return;
    fail(nowMs, of(asked.question, explainSilence(mode, asked, heard, timeoutMs)), false);
  }

  return {
    receive({ bytes }, callerMs) {
      const nowMs = clock.fromCaller(callerMs);
      hear(bytes, nowMs);
      return proceed(nowMs);
    },
    tick(callerMs) {
      const nowMs = clock.fromCaller(callerMs);
      if (asked !== null && nowMs >= asked.deadlineMs) timeOut(nowMs);
      return proceed(nowMs);
    },
    end() {
      tellRound();
      const step = { observations, rejected, send: [], nextTickMs: null };
      observations = [];
      rejected = [];
      return step;
    },
  };
}

function of({ address }: Question, { code, message }: DecodeError): DecodeError {
  return new DecodeError(code, `meter ${address}: ${message}`);
}
