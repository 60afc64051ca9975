import { describe, expect, it } from 'vitest';
import type { Session, Step } from '../../driver.ts';
import { testDriver, type Vector } from '../../testing/driver-contract.ts';
import { hexOf } from '../hex.ts';
import { llrp } from './llrp.ts';
import vectors from './llrp.vectors.json' with { type: 'json' };
import {
  ADD_ROSPEC,
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
  READER_EVENT_NOTIFICATION,
  RO_ACCESS_REPORT,
  responseTo,
  SET_READER_CONFIG,
  START_ROSPEC,
} from './message.ts';
import { concat, parseParameters, tlv, tv, u8, u16, u32, u64 } from './parameters.ts';

testDriver(llrp, vectors as unknown as Vector[]);

const sent = (step: Step): Message[] => step.send.map(decodeMessage);
const types = (step: Step) => sent(step).map(({ type }) => type);
const hear = (session: Session, nowMs: number, ...messages: Uint8Array[]) =>
  session.receive({ bytes: concat(...messages) }, nowMs);

const event = (...parts: Uint8Array[]) =>
  encodeMessage(
    READER_EVENT_NOTIFICATION,
    0,
    tlv(246, tlv(128, u64(1_772_366_400_000_000n)), ...parts),
  );
const attempt = (status: number) => event(tlv(256, u16(status)));
const status = (code: number, text = '') =>
  tlv(287, u16(code, text.length), new TextEncoder().encode(text));
const answer = ({ type, id }: Message, ...body: Uint8Array[]) =>
  encodeMessage(responseTo(type), id, ...(body.length > 0 ? body : [status(0)]));
const report = (epc: number, antenna = 1) =>
  encodeMessage(
    RO_ACCESS_REPORT,
    0,
    tlv(240, tv(13, concat(new Uint8Array(8), u32(epc))), tv(1, u16(antenna))),
  );

// Two powers of 20 and 27.5 dBm, hop table 3.
const CAPABILITIES = tlv(
  143,
  u16(276, 2),
  tlv(
    144,
    tlv(145, u16(1, 2000)),
    tlv(145, u16(2, 2750)),
    tlv(146, u8(0x80), tlv(147, u8(3, 0), u16(1), u32(865_700))),
  ),
);

/** Answers everything with success until nothing more is asked; what was asked. */
function begin(session: Session, nowMs = 0, capabilities = CAPABILITIES): Message[] {
  session.tick(nowMs);
  const asked: Message[] = [];
  let step = hear(session, nowMs, attempt(0));
  for (let i = 0; i < 20 && step.send.length > 0; i++) {
    const [message] = sent(step) as [Message];
    asked.push(message);
    const body = message.type === GET_READER_CAPABILITIES ? [status(0), capabilities] : [];
    step = hear(session, nowMs, answer(message, ...body));
  }
  return asked;
}

describe('llrp session', () => {
  it('waits until the reader says that it is connected', () => {
    const session = llrp.createSession({});
    expect(session.tick(0)).toMatchObject({ send: [], nextTickMs: 10_000, reset: null });
    expect(types(hear(session, 5, attempt(0)))).toEqual([GET_READER_CAPABILITIES]);
  });

  it('asks who it is, sets what it tells, and starts one inventory of its own', () => {
    const asked = begin(llrp.createSession({}));
    expect(asked.map(({ type }) => type)).toEqual([
      GET_READER_CAPABILITIES,
      GET_READER_CONFIG,
      SET_READER_CONFIG,
      DELETE_ROSPEC,
      ADD_ROSPEC,
      ENABLE_ROSPEC,
      START_ROSPEC,
      ENABLE_EVENTS_AND_REPORTS,
    ]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
  });

  it('names in its inventory antennas, the strongest allowed power and the session', () => {
    const session = llrp.createSession({ antennas: '1,3', power: '27', session: '2' });
    const body = begin(session).find(({ type }) => type === ADD_ROSPEC)?.body;
    const transmitter = tlv(224, u16(3, 0, 1));
    const gen2 = tlv(330, u8(0), tlv(336, u8(0x80), u16(32), u32(0)));
    const rounds = tlv(
      183,
      u16(2, 1, 3),
      tlv(184, u8(0), u32(0)),
      tlv(186, u16(1), u8(1), ...[1, 3].map((id) => tlv(222, u16(id), transmitter, gen2))),
    );
    const reports = tlv(237, u8(2), u16(1), tlv(238, u16(0x1f80), tlv(348, u8(0xc0))));
    const boundary = tlv(178, tlv(179, u8(0)), tlv(182, u8(0), u32(0)));
    expect(body).toEqual(tlv(177, u32(1), u8(0, 0), boundary, rounds, reports));
  });

  it('takes the weakest power where all are too strong, and none where the reader names none', () => {
    const spec = (power: string, capabilities?: Uint8Array) =>
      hexOf(
        begin(llrp.createSession({ power }), 0, capabilities).find(
          ({ type }) => type === ADD_ROSPEC,
        )!.body,
      );
    expect(spec('10')).toContain(hexOf(tlv(224, u16(3, 0, 1))));
    expect(spec('30')).toContain(hexOf(tlv(224, u16(3, 0, 2))));
    expect(spec('30', tlv(143, u16(276, 2)))).not.toContain(hexOf(u16(224, 10)));
  });

  it('asks for one report a round where a duration is given, and the round starts by itself', () => {
    const asked = begin(llrp.createSession({ duration: '2000' }));
    expect(asked.map(({ type }) => type)).not.toContain(START_ROSPEC);
    const body = hexOf(asked.find(({ type }) => type === ADD_ROSPEC)!.body);
    expect(body).toContain(hexOf(tlv(179, u8(2), tlv(180, u32(0), u32(2000)))));
    expect(body).toContain(hexOf(concat(u8(2), u16(0), tlv(238, u16(0x1f80), tlv(348, u8(0xc0))))));
  });

  it('answers a sign of life at once', () => {
    const session = llrp.createSession({});
    begin(session);
    expect(types(hear(session, 5000, encodeMessage(KEEPALIVE, 9)))).toEqual([KEEPALIVE_ACK]);
  });

  it('asks for a new connection after three missed signs of life, and says so', () => {
    const session = llrp.createSession({});
    begin(session);
    expect(hear(session, 25_000, encodeMessage(KEEPALIVE, 9)).nextTickMs).toBe(55_000);
    expect(session.tick(54_999)).toMatchObject({ reset: null, send: [] });
    expect(session.tick(55_000)).toMatchObject({
      reset: 'no sign of life from the reader for 30 seconds',
      send: [],
    });
  });

  it('counts reports as signs of life', () => {
    const session = llrp.createSession({});
    begin(session);
    hear(session, 29_000, report(1));
    expect(session.tick(30_000).reset).toBe(null);
  });

  it('says what it met where nothing speaks LLRP, and where an answer does not come', () => {
    const silent = llrp.createSession({});
    silent.tick(0);
    expect(silent.tick(10_000).reset).toMatch(/does not speak LLRP: check address and port/);
    const session = llrp.createSession({});
    session.tick(0);
    hear(session, 0, attempt(0));
    expect(session.tick(10_000).reset).toBe(
      'the reader does not answer GET_READER_CAPABILITIES in 10 seconds',
    );
  });

  it.each([
    [1, /called another client/],
    [2, /another client has called the reader first/],
    [3, /no reason/],
  ])('tells why a reader does not take the connection (%i)', (code, message) => {
    const session = llrp.createSession({});
    session.tick(0);
    expect(hear(session, 0, attempt(code)).reset).toMatch(message);
  });

  it('tells a reader that closes the connection, and not that another client tried', () => {
    const session = llrp.createSession({});
    begin(session);
    expect(hear(session, 0, attempt(4)).reset).toBe(null);
    expect(hear(session, 0, event(tlv(257))).reset).toBe('the reader closes the connection');
  });

  it('tells why a reader refuses the inventory', () => {
    const session = llrp.createSession({});
    session.tick(0);
    let step = hear(session, 0, attempt(0));
    while (types(step)[0] !== ADD_ROSPEC) step = hear(session, 0, answer(sent(step)[0]!));
    step = hear(session, 0, answer(sent(step)[0]!, status(100, 'bad power')));
    expect(step.reset).toBe(
      'the reader refuses ADD_ROSPEC: status 100 (parameter error): bad power',
    );
    expect(step.observations[0]?.fields['device.status']?.value).toMatch(/bad power/);
  });

  it('goes on without what it can do without, refused or unknown', () => {
    const session = llrp.createSession({});
    session.tick(0);
    let step = hear(session, 0, attempt(0));
    while (types(step)[0] !== SET_READER_CONFIG) step = hear(session, 0, answer(sent(step)[0]!));
    step = hear(session, 0, encodeMessage(ERROR_MESSAGE, sent(step)[0]!.id, status(111)));
    expect(types(step)).toEqual([DELETE_ROSPEC]);
    expect(types(hear(session, 0, answer(sent(step)[0]!, status(101))))).toEqual([ADD_ROSPEC]);
  });

  it('takes no answer to a question it did not ask', () => {
    const session = llrp.createSession({});
    session.tick(0);
    hear(session, 0, attempt(0));
    expect(types(hear(session, 0, encodeMessage(responseTo(ADD_ROSPEC), 77, status(0))))).toEqual(
      [],
    );
  });

  it('goes on after the clock was set back', () => {
    const session = llrp.createSession({});
    begin(session, 1_000_000);
    expect(session.tick(0)).toMatchObject({ reset: null, nextTickMs: 30_000 });
    expect(session.tick(30_000).reset).toMatch(/no sign of life/);
  });

  it('sends nothing while it only reads a recording', () => {
    const session = llrp.createSession({});
    const step = hear(session, 0, attempt(0), encodeMessage(KEEPALIVE, 9), report(1));
    expect(step).toMatchObject({ send: [], nextTickMs: null });
    expect(step.reset ?? null).toBe(null);
  });

  it('holds equal tags of one antenna back where it is told to', () => {
    const session = llrp.createSession({ repeat: '1000' });
    const told = (nowMs: number, ...messages: Uint8Array[]) =>
      hear(session, nowMs, ...messages).observations.length;
    expect(told(0, report(1), report(1), report(1, 2), report(2))).toBe(3);
    expect(told(999, report(1))).toBe(0);
    expect(told(1000, report(1))).toBe(1);
  });

  it('reads a message that comes byte by byte behind one that was only noise', () => {
    const session = llrp.createSession({});
    const stream = concat(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'), report(7));
    const told = Array.from(stream, (byte) => hear(session, 0, Uint8Array.of(byte)));
    expect(told.flatMap(({ observations }) => observations)).toHaveLength(1);
  });

  it('reads thousands of tags of one message', () => {
    const one = parseParameters(decodeMessage(report(1)).body)[0]!.value;
    const many = Array.from({ length: 5000 }, () => tlv(240, one));
    const session = llrp.createSession({});
    const { observations } = hear(session, 0, encodeMessage(RO_ACCESS_REPORT, 0, ...many));
    expect(observations).toHaveLength(5000);
    expect(observations[4999]?.frame).toBe(observations[0]?.frame);
  });

  it.each([
    [{ antennas: '0' }, /antennas is a list such as 1,2, not 0/],
    [{ antennas: '1,,2' }, /antennas/],
    [{ antennas: '70000' }, /antennas/],
    [{ power: '1e3' }, /power is dBm/],
    [{ session: '4' }, /session is 0 to 3/],
    [{ duration: '99' }, /duration is 0 or 100 to 3600000/],
    [{ repeat: 'x' }, /repeat/],
  ])('refuses the options %o', (options, message) => {
    expect(() => llrp.createSession(options as Record<string, string>)).toThrow(message);
  });
});
