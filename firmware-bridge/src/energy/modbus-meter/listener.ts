/**
 * What another master asks of meters, and they answer: a recording of a bus, or the frame of a reading once more.
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
import { isTorn, type WholeFrame } from '../../framer.ts';
import { describeException, type Mode, type Question } from './adu.ts';
import { createExchangeFramer, fieldsOf, readExchange } from './exchange.ts';
import type { RegisterMap } from './register-map.ts';

export interface Bus {
  readonly map: RegisterMap;
  readonly mode: Mode;
  readonly addresses: readonly number[];
}

/** What one meter answered to questions that belong together. */
export interface Round {
  readonly address: number;
  readonly offset: number;
  readonly parts: Uint8Array[];
  readonly exchanges: { readonly question: Question; readonly data: Uint8Array }[];
}

// A master that asks register by register needs no more than a map has points.
const MAX_ROUND_EXCHANGES = 128;

// A round is over when its master has been silent for as long as it may wait for an answer.
const ROUND_OVER_MS = 1000;

/** Null if it holds nothing that the map has a name for. */
export function observeRound(map: RegisterMap, round: Round): DecodedObservation | null {
  const fields = fieldsOf(map, round.exchanges);
  if (Object.keys(fields).length === 0) return null;
  const frame = new Uint8Array(round.parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of round.parts) {
    frame.set(part, at);
    at += part.length;
  }
  const device = String(round.address);
  return { kind: 'meter', device, time: null, fields, frame, offset: round.offset };
}

export function createListener({ map, mode, addresses }: Bus): Session {
  const framer = createExchangeFramer(mode);
  let round: Round | null = null;
  let roundEnd = 0; // where the next exchange of the round would begin in the stream

  /** Questions of one round follow each other without a gap, and their registers go up. */
  const continues = (question: Question, { offset }: WholeFrame): boolean => {
    const last = round?.exchanges.at(-1)?.question;
    return (
      round !== null &&
      last !== undefined &&
      offset === roundEnd &&
      question.address === round.address &&
      question.read === last.read &&
      question.start >= last.start + last.count &&
      round.exchanges.length < MAX_ROUND_EXCHANGES
    );
  };

  const step = (cuts: ReturnType<typeof framer.push>, isOver: boolean, nowMs: number): Step => {
    const observations: DecodedObservation[] = [];
    const rejected: Rejection[] = [];
    const finish = () => {
      const observation = round && observeRound(map, round);
      if (observation) observations.push(observation);
      round = null;
    };
    for (const cut of cuts) {
      if (isTorn(cut)) {
        rejected.push(rejection(cut.error, cut));
        continue;
      }
      const { question, answer } = readExchange(mode, cut.bytes);
      if (!addresses.includes(question.address)) continue;
      if (answer.data === null) {
        rejected.push(rejection(exceptionOf(question, answer.exception), cut));
        continue;
      }
      if (!continues(question, cut)) finish();
      round ??= { address: question.address, offset: cut.offset, parts: [], exchanges: [] };
      round.parts.push(cut.bytes);
      round.exchanges.push({ question, data: answer.data });
      roundEnd = cut.offset + cut.bytes.length;
    }
    if (isOver) finish();
    return { observations, rejected, send: [], nextTickMs: round ? nowMs + ROUND_OVER_MS : null };
  };

  return {
    receive: ({ bytes }, nowMs) => step(framer.push(bytes), false, nowMs),
    tick: (nowMs) => step([], true, nowMs),
    end: (nowMs) => step(framer.end(), true, nowMs),
  };
}

export function exceptionOf({ address, start, count }: Question, exception: number): DecodeError {
  return new DecodeError(
    'DEVICE_EXCEPTION',
    `meter ${address} does not read ${count} registers from ${start}: ${describeException(exception)}`,
  );
}
