/**
 * Messages of the link to bytes and back. The reader is total: a message or LINK_MESSAGE, nothing else.
 * @module
 */
import { CborReader, type CborValue, type ChainHead, encodeCbor } from '@sigill/evidence';
import { EdgeError } from '../errors.ts';
import {
  type DownMessage,
  type LinkState,
  MAX_LINK_MESSAGE_BYTES,
  MAX_LINK_TEXT,
  MAX_STREAMS_PER_MESSAGE,
  type StreamHead,
  type UpMessage,
} from './messages.ts';

/** Items of each message, its name among them: so many, or one more that may be left out. */
const UP = { hello: [8, 9], batch: [3], ping: [2], status: [2] } as const;
const DOWN = {
  ...{ head: [10], streams: [4], receipt: [6], refused: [5] },
  ...{ pong: [3], beacon: [3], records: [2] },
} as const;
const STATES: readonly LinkState[] = ['open', 'quarantined', 'revoked', 'unknown'];

const MAX_SOFTWARE = 200;
const MAX_CODE = 64;
// A note with the cosignatures of many witnesses; a proof is a note and 53 hashes.
const MAX_NOTE = 16 * 1024;
const MAX_PROOF = MAX_NOTE + 4 * 1024;
// What a consistency path over 2^53 entries takes.
const MAX_PATH = 54;
// The operator's chain and the slot's revisions since the last ones known.
const MAX_RECORDS = 64;

/** @throws EdgeError LINK_MESSAGE for what the other side would refuse */
export function encodeUp(message: UpMessage): Uint8Array {
  const bytes = encode(upItems(message));
  decodeUp(bytes);
  return bytes;
}

/** @throws EdgeError LINK_MESSAGE for anything that is no message */
export function decodeUp(bytes: Uint8Array): UpMessage {
  return decode(bytes, UP, readUp);
}

/** @throws EdgeError LINK_MESSAGE for what the other side would refuse */
export function encodeDown(message: DownMessage): Uint8Array {
  const bytes = encode(downItems(message));
  decodeDown(bytes);
  return bytes;
}

/** @throws EdgeError LINK_MESSAGE for anything that is no message */
export function decodeDown(bytes: Uint8Array): DownMessage {
  return decode(bytes, DOWN, readDown);
}

function upItems(message: UpMessage): CborValue {
  switch (message.type) {
    case 'hello': {
      const { nonce, boot, head, receiptSize, receiptRoot, software, clockMs, log } = message;
      const receipt = [receiptSize, receiptRoot];
      const where = log === undefined ? [] : [log];
      return ['hello', nonce, boot, headItems(head), ...receipt, software, clockMs, ...where];
    }
    case 'batch':
      return ['batch', message.number, message.bytes];
    case 'ping':
      return ['ping', message.nonce];
    case 'status':
      return ['status', message.json];
  }
}

function downItems(message: DownMessage): CborValue {
  switch (message.type) {
    case 'head': {
      const { nonce, state, head, streams, more, checkpoint, path, timeMs, detail } = message;
      const where = [headItems(head), streams.map(streamItems), more, checkpoint, path];
      return ['head', nonce, state, ...where, timeMs, detail];
    }
    case 'streams':
      return ['streams', message.nonce, message.streams.map(streamItems), message.more];
    case 'receipt':
      return ['receipt', message.batch, message.seal, message.proof, message.from, message.path];
    case 'refused':
      return ['refused', message.batch, message.code, message.message, message.retryable];
    case 'pong':
      return ['pong', message.nonce, message.timeMs];
    case 'beacon':
      return ['beacon', message.anchorIndex, message.leafHash];
    case 'records':
      return ['records', message.records];
  }
}

function headItems(head: ChainHead | null): CborValue {
  return head && [head.batch, head.headerHash, head.nextSeq];
}

function streamItems({ source, device, nextN }: StreamHead): CborValue {
  return [source, device, nextN];
}

function readUp(reader: CborReader, type: keyof typeof UP, count: number): UpMessage {
  switch (type) {
    case 'hello':
      return {
        type,
        nonce: reader.fixedBytes(8),
        boot: reader.fixedBytes(16),
        head: readHead(reader),
        receiptSize: reader.uint(),
        receiptRoot: reader.fixedBytes(32),
        software: readText(reader, MAX_SOFTWARE),
        clockMs: reader.safeInteger(),
        ...(count === UP.hello[1] && { log: reader.fixedBytes(32) }),
      };
    case 'batch':
      return { type, number: reader.uint(), bytes: reader.bytes() };
    case 'ping':
      return { type, nonce: reader.fixedBytes(8) };
    case 'status':
      return { type, json: reader.text() };
  }
}

function readDown(reader: CborReader, type: keyof typeof DOWN): DownMessage {
  switch (type) {
    case 'head':
      return {
        type,
        nonce: reader.fixedBytes(8),
        state: readState(reader),
        head: readHead(reader),
        streams: readStreams(reader),
        more: reader.boolean(),
        checkpoint: readText(reader, MAX_NOTE),
        path: readPath(reader),
        timeMs: reader.safeInteger(),
        detail: readText(reader, MAX_LINK_TEXT),
      };
    case 'streams':
      return {
        type,
        nonce: reader.fixedBytes(8),
        streams: readStreams(reader),
        more: reader.boolean(),
      };
    case 'receipt':
      return {
        type,
        batch: reader.uint(),
        seal: reader.bytes(),
        proof: readText(reader, MAX_PROOF),
        from: reader.uint(),
        path: readPath(reader),
      };
    case 'refused':
      return {
        type,
        batch: reader.uint(),
        code: readCode(reader),
        message: readText(reader, MAX_LINK_TEXT),
        retryable: reader.boolean(),
      };
    case 'pong':
      return { type, nonce: reader.fixedBytes(8), timeMs: reader.safeInteger() };
    case 'beacon':
      return { type, anchorIndex: reader.uint(), leafHash: reader.fixedBytes(32) };
    case 'records':
      return { type, records: readList(reader, MAX_RECORDS, () => reader.bytes()) };
  }
}

function readHead(reader: CborReader): ChainHead | null {
  return reader.nullable(() => {
    reader.tuple(3);
    return { batch: reader.uint(), headerHash: reader.fixedBytes(32), nextSeq: reader.uint() };
  });
}

function readStreams(reader: CborReader): StreamHead[] {
  return readList(reader, MAX_STREAMS_PER_MESSAGE, () => {
    reader.tuple(3);
    return { source: reader.text(), device: reader.text(), nextN: reader.uint() };
  });
}

function readPath(reader: CborReader): Uint8Array[] {
  return readList(reader, MAX_PATH, () => reader.fixedBytes(32));
}

function readState(reader: CborReader): LinkState {
  const found = reader.text();
  const state = STATES.find((known) => known === found);
  if (state === undefined) throw refusal(`one of ${STATES.join(', ')} expected`);
  return state;
}

function readCode(reader: CborReader): string {
  const code = readText(reader, MAX_CODE);
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) throw refusal('a code in capitals expected');
  return code;
}

function readText(reader: CborReader, maxLength: number): string {
  const text = reader.text();
  if (text.length > maxLength)
    throw refusal(`at most ${maxLength} characters expected, got ${text.length}`);
  return text;
}

function readList<T>(reader: CborReader, maxLength: number, read: () => T): T[] {
  const length = reader.array();
  if (length > maxLength) throw refusal(`at most ${maxLength} items expected, got ${length}`);
  return Array.from({ length }, read);
}

function encode(items: CborValue): Uint8Array {
  try {
    return encodeCbor(items);
  } catch (cause) {
    throw refusal((cause as Error).message, cause);
  }
}

function decode<Type extends string, Message>(
  bytes: Uint8Array,
  kinds: Readonly<Record<Type, readonly number[]>>,
  read: (reader: CborReader, type: Type, count: number) => Message,
): Message {
  if (bytes.length > MAX_LINK_MESSAGE_BYTES)
    throw refusal(`at most ${MAX_LINK_MESSAGE_BYTES} bytes expected, got ${bytes.length}`);
  try {
    const reader = new CborReader(bytes);
    const count = reader.array();
    const name = reader.text();
    const type = (Object.keys(kinds) as Type[]).find((known) => known === name);
    if (type === undefined || !kinds[type].includes(count))
      throw refusal(`${count} items of an unknown message`);
    const message = read(reader, type, count);
    reader.end();
    return message;
  } catch (cause) {
    throw cause instanceof EdgeError ? cause : refusal((cause as Error).message, cause);
  }
}

function refusal(message: string, cause?: unknown): EdgeError {
  return new EdgeError('LINK_MESSAGE', `not a message of this link: ${message}`, { cause });
}
