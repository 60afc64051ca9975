/**
 * What is said to a reader, and when: once it says that it is connected, who it is, what it tells and what it looks for;
 * then an answer to each sign of life. A reader that refuses, falls silent or leaves is told as a reason to begin anew.
 * @module
 */
import { powerIndex, readTransmitter } from './capabilities.ts';
import {
  ADD_ROSPEC,
  CLOSE_CONNECTION_RESPONSE,
  DELETE_ROSPEC,
  decodeMessage,
  ENABLE_EVENTS_AND_REPORTS,
  ENABLE_ROSPEC,
  ERROR_MESSAGE,
  encodeMessage,
  GET_READER_CAPABILITIES,
  GET_READER_CONFIG,
  KEEPALIVE,
  KEEPALIVE_ACK,
  type Message,
  messageName,
  READER_EVENT_NOTIFICATION,
  responseTo,
  SET_READER_CONFIG,
  START_ROSPEC,
} from './message.ts';
import { parseParameters, u8, u32 } from './parameters.ts';
import { attemptText, EVENT_DATA, readEvents } from './reader-events.ts';
import {
  ASK_IDENTIFICATION,
  encodeReaderConfig,
  encodeRospec,
  type Inventory,
  ROSPEC_ID,
} from './rospec.ts';
import { failureIn } from './status.ts';

export interface Settings extends Omit<Inventory, 'transmit'> {
  /** Hundredths of a dBm; null leaves it as the reader has it. */
  readonly power: number | null;
}

export interface Turn {
  readonly send: readonly Uint8Array[];
  readonly nextTickMs: number | null;
  readonly reset: string | null;
}

export interface Conversation {
  open(nowMs: number): void;
  heard(message: Uint8Array, nowMs: number): void;
  turn(nowMs: number): Turn;
}

export const KEEPALIVE_MS = 10_000;
const MISSED_KEEPALIVES = 3;
// A reader that clears a large buffer before it answers has been seen to take seconds.
const ANSWER_MS = 10_000;

interface Request {
  readonly type: number;
  /** Whether the inventory can do without: a reader has its own idea of what it lets itself be told. */
  readonly mayFail: boolean;
  body(): Uint8Array;
}

export function createConversation(settings: Settings): Conversation {
  let transmit: Inventory['transmit'] = null;
  const requests: Request[] = [
    { type: GET_READER_CAPABILITIES, mayFail: true, body: () => u8(0) },
    { type: GET_READER_CONFIG, mayFail: true, body: () => ASK_IDENTIFICATION },
    { type: SET_READER_CONFIG, mayFail: true, body: () => encodeReaderConfig(KEEPALIVE_MS) },
    { type: DELETE_ROSPEC, mayFail: true, body: () => u32(0) },
    { type: ADD_ROSPEC, mayFail: false, body: () => encodeRospec({ ...settings, transmit }) },
    { type: ENABLE_ROSPEC, mayFail: false, body: () => u32(ROSPEC_ID) },
  ];
  // A periodic one starts by itself.
  if (settings.durationMs === 0)
    requests.push({ type: START_ROSPEC, mayFail: false, body: () => u32(ROSPEC_ID) });

  let asked: (Request & { readonly id: number }) | null = null;
  let id = 0;
  let dueMs = 0; // when what is waited for is overdue
  let lastNowMs = 0;
  let out: Uint8Array[] = [];
  let reset: string | null = null;
  let isOpen = false;

  const send = (type: number, body: Uint8Array = new Uint8Array(0)) =>
    out.push(encodeMessage(type, ++id, body));
  const askNext = (nowMs: number) => {
    const next = requests.shift();
    if (next === undefined) {
      // A reader that another client told to hold its reports lets them go.
      if (asked !== null) send(ENABLE_EVENTS_AND_REPORTS);
      asked = null;
      dueMs = nowMs + MISSED_KEEPALIVES * KEEPALIVE_MS;
      return;
    }
    send(next.type, next.body());
    asked = { ...next, id };
    dueMs = nowMs + ANSWER_MS;
  };
  const answered = ({ type, body }: Message, nowMs: number) => {
    const failure = failureIn(body);
    const request = asked as Request;
    if (failure !== null && !request.mayFail) {
      reset = `the reader refuses ${messageName(request.type)}: ${failure}`;
      return;
    }
    if (
      failure === null &&
      type === responseTo(GET_READER_CAPABILITIES) &&
      settings.power !== null
    ) {
      const transmitter = readTransmitter(body);
      const index = powerIndex(transmitter, settings.power);
      if (index !== null) transmit = { hopTable: transmitter.hopTable, powerIndex: index };
    }
    askNext(nowMs);
  };
  const event = ({ body }: Message, nowMs: number) => {
    for (const { type, value } of parseParameters(body)) {
      if (type !== EVENT_DATA) continue;
      const { attempt, isClosing } = readEvents(value);
      if (attempt === 0 && asked === null && requests.length > 0) askNext(nowMs);
      else if (attempt !== null && attempt >= 1 && attempt <= 3) reset = attemptText(attempt);
      if (isClosing) reset = 'the reader closes the connection';
    }
  };

  return {
    open(nowMs) {
      if (isOpen) return;
      isOpen = true;
      dueMs = nowMs + ANSWER_MS;
      lastNowMs = nowMs;
    },
    heard(bytes, nowMs) {
      if (!isOpen) return;
      const message = decodeMessage(bytes);
      if (asked === null && requests.length === 0) dueMs = nowMs + MISSED_KEEPALIVES * KEEPALIVE_MS;
      if (message.type === KEEPALIVE) send(KEEPALIVE_ACK);
      else if (message.type === READER_EVENT_NOTIFICATION) event(message, nowMs);
      else if (message.type === CLOSE_CONNECTION_RESPONSE)
        reset = 'the reader closes the connection';
      else if (asked !== null && message.id === asked.id) {
        if (message.type === responseTo(asked.type) || message.type === ERROR_MESSAGE)
          answered(message, nowMs);
      }
    },
    turn(nowMs) {
      // After a clock set back, what is due is due as much later.
      if (nowMs < lastNowMs) dueMs -= lastNowMs - nowMs;
      lastNowMs = nowMs;
      if (reset === null && nowMs >= dueMs) reset = overdue();
      if (reset !== null) dueMs = nowMs + ANSWER_MS;
      const turn = { send: out, nextTickMs: dueMs, reset };
      out = [];
      reset = null;
      return turn;
    },
  };

  function overdue(): string {
    if (asked !== null)
      return `the reader does not answer ${messageName(asked.type)} in ${ANSWER_MS / 1000} seconds`;
    if (requests.length > 0)
      return 'something listens there but does not speak LLRP: check address and port (5084 without TLS)';
    return `no sign of life from the reader for ${(MISSED_KEEPALIVES * KEEPALIVE_MS) / 1000} seconds`;
  }
}
