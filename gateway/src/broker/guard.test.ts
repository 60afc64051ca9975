import { describe, expect, it } from 'vitest';
import { createPacketGuard, type Refusal } from './guard.ts';
import {
  connectPacket,
  lengthOf,
  PING,
  packet,
  publishPacket,
  subscribePacket,
} from './mqtt-wire-fixture.ts';

const LIMITS = { packetBytes: 1_000, connectBytes: 100 };
const session = Buffer.concat([
  connectPacket(),
  subscribePacket('a/#', 1),
  publishPacket('a/b', new Uint8Array(300), 1),
  PING,
  publishPacket('a/b', new Uint8Array(0)),
]);

describe('the guard', () => {
  it('sees the same packets however the bytes are cut', () => {
    const whole = passInChunks(session, session.length);
    expect(whole).toEqual({ refusal: null, types: [1, 8, 3, 12, 3], bytes: session.length });
    for (let size = 1; size < 20; size++) expect(passInChunks(session, size)).toEqual(whole);
  });

  it('stops before a packet that is not admitted yet, and goes on there', () => {
    const guard = createPacketGuard(LIMITS);
    const first = guard.pass(
      session,
      0,
      (type) => type !== 3,
      () => {},
    );
    const at = connectPacket().length + subscribePacket('a/#', 1).length;
    expect(first).toEqual({ end: at, refusal: null });
    expect(
      guard.pass(
        session,
        at,
        () => true,
        () => {},
      ).end,
    ).toBe(session.length);
  });

  it.each([
    [
      'a packet larger than the limit, at its header',
      Buffer.concat([connectPacket(), Buffer.of(0x30), lengthOf(1_001)]),
      'PACKET_TOO_LARGE',
    ],
    [
      '30 MB, before its second byte of length but one',
      Buffer.concat([connectPacket(), Buffer.of(0x30), lengthOf(30_000_000)]),
      'PACKET_TOO_LARGE',
    ],
    [
      'a CONNECT larger than any',
      Buffer.concat([Buffer.of(0x10), lengthOf(101)]),
      'PACKET_TOO_LARGE',
    ],
    [
      'a length of five bytes',
      Buffer.concat([connectPacket(), Buffer.of(0x30, 0x80, 0x80, 0x80, 0x80, 1)]),
      'NOT_MQTT',
    ],
    ['anything before CONNECT', PING, 'NOT_MQTT'],
    ['a second CONNECT', Buffer.concat([connectPacket(), connectPacket()]), 'NOT_MQTT'],
    ['QoS 3', Buffer.concat([connectPacket(), packet(0x36, new Uint8Array(8))]), 'NOT_MQTT'],
    [
      'a packet only servers send',
      Buffer.concat([connectPacket(), packet(0x20, new Uint8Array(2))]),
      'NOT_MQTT',
    ],
    [
      'flags that are reserved',
      Buffer.concat([connectPacket(), packet(0x80, new Uint8Array(6))]),
      'NOT_MQTT',
    ],
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\n'), 'NOT_MQTT'],
    ['a TLS handshake on the plain port', Buffer.of(0x16, 0x03, 0x01, 0x02, 0x00), 'NOT_MQTT'],
  ])('refuses %s', (_title, bytes, code) => {
    for (const size of [1, 3, bytes.length]) {
      expect(passInChunks(bytes, size).refusal).toMatchObject({ code });
    }
  });
});

function passInChunks(bytes: Uint8Array, size: number) {
  const guard = createPacketGuard(LIMITS);
  const types: number[] = [];
  let total = 0;
  let refusal: Refusal | null = null;
  for (let at = 0; at < bytes.length && refusal === null; at += size) {
    const chunk = bytes.subarray(at, at + size);
    ({ refusal } = guard.pass(
      chunk,
      0,
      () => true,
      (type, length) => {
        types.push(type);
        total += length;
      },
    ));
  }
  return { refusal, types, bytes: total };
}
