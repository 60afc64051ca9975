import { encodeCbor } from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EdgeError } from '../errors.ts';
import { decodeDown, decodeUp, encodeDown, encodeUp } from './codec.ts';
import { toHeadMessages } from './head-messages.ts';
import { type DownMessage, MAX_LINK_MESSAGE_BYTES, type UpMessage } from './messages.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const count = fc.maxSafeNat();
const head = fc.option(fc.record({ batch: count, headerHash: bytes(32), nextSeq: count }));
const time = fc.maxSafeInteger();
const text = fc.string({ maxLength: 40, unit: 'grapheme' });
const path = fc.array(bytes(32), { maxLength: 54 });
const streams = fc.array(fc.record({ source: text, device: text, nextN: count }), { maxLength: 4 });
const is = <T extends string>(type: T) => fc.constant(type);

const hello = {
  ...{ type: is('hello'), nonce: bytes(8), boot: bytes(16), head },
  ...{ receiptSize: count, receiptRoot: bytes(32), software: text, clockMs: time },
};

const up: fc.Arbitrary<UpMessage> = fc.oneof(
  fc.record(hello),
  fc.record({ ...hello, log: bytes(32) }),
  fc.record({ type: is('batch'), number: count, bytes: fc.uint8Array({ maxLength: 90 }) }),
  fc.record({ type: is('ping'), nonce: bytes(8) }),
  fc.record({ type: is('status'), json: fc.json() }),
);

const down: fc.Arbitrary<DownMessage> = fc.oneof(
  fc.record({
    ...{ type: is('head'), nonce: bytes(8), head, streams, more: fc.boolean() },
    state: fc.constantFrom('open', 'quarantined', 'revoked', 'unknown'),
    ...{ checkpoint: text, path, timeMs: time, detail: text },
  }),
  fc.record({ type: is('streams'), nonce: bytes(8), streams, more: fc.boolean() }),
  fc.record({
    ...{ type: is('receipt'), batch: count, seal: fc.uint8Array({ maxLength: 300 }) },
    ...{ proof: text, from: count, path },
  }),
  fc.record({
    ...{ type: is('refused'), batch: count, code: fc.constantFrom('A', 'BATCH_CONFLICT') },
    ...{ message: text, retryable: fc.boolean() },
  }),
  fc.record({ type: is('pong'), nonce: bytes(8), timeMs: time }),
  fc.record({ type: is('beacon'), anchorIndex: count, leafHash: bytes(32) }),
  fc.record({
    type: is('records'),
    records: fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }),
  }),
);

testMessages<UpMessage>('a message to the gateway', up, encodeUp, decodeUp);
testMessages<DownMessage>('a message to the agent', down, encodeDown, decodeDown);

describe('bounds', () => {
  it.each<[string, Parameters<typeof encodeCbor>[0]]>([
    ['a message of the other direction', ['pong', new Uint8Array(8), 1]],
    ['a message without its items', ['ping']],
    ['a nonce of another length', ['ping', new Uint8Array(9)]],
    ['a negative number', ['batch', -1, new Uint8Array(1)]],
    ['no array', 'ping'],
    ['an empty array', []],
    ['more than a packet takes', ['batch', 0, new Uint8Array(MAX_LINK_MESSAGE_BYTES)]],
  ])('%s is refused', (_name, items) => {
    expect(() => decodeUp(encodeCbor(items))).toThrow(linkMessage);
  });

  it.each<[string, Parameters<typeof encodeCbor>[0]]>([
    ['a state nobody knows', headWith({ state: 'closed' })],
    ['more streams than a message has', headWith({ streams: new Array(5001).fill(['s', '', 1]) })],
    ['a path longer than any', headWith({ path: new Array(55).fill(new Uint8Array(32)) })],
    ['a sentence without end', headWith({ detail: 'x'.repeat(2001) })],
    ['a code that is none', ['refused', 1, 'no code', '', true]],
  ])('%s is refused', (_name, items) => {
    expect(() => decodeDown(encodeCbor(items))).toThrow(linkMessage);
  });

  it('what the other side would refuse is not encoded', () => {
    const batch = { type: 'batch', number: 1, bytes: new Uint8Array(MAX_LINK_MESSAGE_BYTES) };
    expect(() => encodeUp(batch as UpMessage)).toThrow(linkMessage);
    const refused = { type: 'refused', batch: 1, code: '', message: '', retryable: true };
    expect(() => encodeDown(refused as DownMessage)).toThrow(linkMessage);
  });
});

describe('a head with many streams', () => {
  const given = {
    ...{ nonce: new Uint8Array(8), state: 'open' as const, head: null, checkpoint: 'note' },
    ...{ path: [], timeMs: 1, detail: '' },
  };

  it.each([0, 1, 4999, 5000, 5001, 20_000])('%i of them arrive in order, none twice', (length) => {
    const streams = Array.from({ length }, (_, index) => ({
      source: 's'.repeat(59),
      device: String(index).padStart(64, '0'),
      nextN: index,
    }));
    const messages = toHeadMessages(given, streams).map((message) =>
      decodeDown(encodeDown(message)),
    );
    const parts = messages.filter(
      (message) => message.type === 'head' || message.type === 'streams',
    );

    expect(parts.flatMap((part) => part.streams)).toEqual(streams);
    expect(parts.map(({ more }) => more)).toEqual(
      parts.map((_, index) => index < parts.length - 1),
    );
    expect(messages.map(({ type }) => type)).toEqual(
      parts.map((_, index) => (index === 0 ? 'head' : 'streams')),
    );
  });
});

const linkMessage = expect.objectContaining({ code: 'LINK_MESSAGE' });

function headWith(changed: Record<string, unknown>): Parameters<typeof encodeCbor>[0] {
  const { state, streams, path, detail } = {
    ...{ state: 'open', streams: [], path: [], detail: '' },
    ...changed,
  } as Record<string, Parameters<typeof encodeCbor>[0]>;
  return ['head', new Uint8Array(8), state!, null, streams!, false, 'note', path!, 1, detail!];
}

function testMessages<Message>(
  name: string,
  messages: fc.Arbitrary<Message>,
  encode: (message: Message) => Uint8Array,
  decode: (bytes: Uint8Array) => Message,
): void {
  describe(name, () => {
    it('is read as it was written', () => {
      fc.assert(
        fc.property(messages, (message) => {
          expect(decode(encode(message))).toEqual(message);
        }),
        { numRuns: 500 },
      );
    });

    it('has one form only, and all else is refused with a code', () => {
      const edit = fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'cut', 'drop'));
      const mutated = fc
        .tuple(messages.map(encode), fc.array(edit, { minLength: 1, maxLength: 3 }))
        .map(([form, edits]) => edits.reduce(applyEdit, form));
      fc.assert(
        fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (form) => {
          let message: Message;
          try {
            message = decode(form);
          } catch (error) {
            expect(error).toBeInstanceOf(EdgeError);
            expect(error).toMatchObject({ code: 'LINK_MESSAGE' });
            return;
          }
          expect(encode(message)).toEqual(form);
        }),
        { numRuns: 5000 },
      );
    });
  });
}

function applyEdit(form: Uint8Array, [place, value, how]: [number, number, string]): Uint8Array {
  const all = [...form];
  const at = all.length === 0 ? 0 : place % all.length;
  if (how === 'set') all[at] = value;
  if (how === 'insert') all.splice(at, 0, value);
  if (how === 'drop') all.splice(at, 1);
  if (how === 'cut') all.length = at;
  return Uint8Array.from(all);
}
