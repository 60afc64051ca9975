/**
 * What a connection may bring, judged on its bytes before anything parses them. Only fixed headers are read:
 *
 *   [type 4 bits, flags 4 bits] [remaining length, 1 to 4 bytes of 7 bits] [remaining length bytes]   MQTT 3.1.1 §2.2
 *
 * Pure: bytes in, how far they may be passed on out.
 * @module
 */

export type Refusal =
  | { readonly code: 'NOT_MQTT'; readonly text: string }
  | { readonly code: 'PACKET_TOO_LARGE'; readonly text: string };

export interface GuardLimits {
  readonly packetBytes: number;
  /** Of the CONNECT, which nobody has vouched for yet. */
  readonly connectBytes: number;
}

export interface Passage {
  /** Bytes up to here may be passed on. */
  readonly end: number;
  /** Why the connection ends; null: go on. */
  readonly refusal: Refusal | null;
}

export interface PacketGuard {
  /**
   * Goes through `chunk` from `at` to its end, or to the first packet that `admit` puts off.
   * @param admit asked before the first byte of each packet
   * @param arrived told each packet's whole size at its header's end
   */
  pass(
    chunk: Uint8Array,
    at: number,
    admit: (type: number) => boolean,
    arrived: (type: number, bytes: number) => void,
  ): Passage;
}

export const CONNECT = 1;
export const PUBLISH = 3;

// [MQTT-2.2.2-1] The flags of each type a client sends; undefined: only servers send it, or nobody.
const FLAGS: readonly (number | undefined)[] = [
  ...[undefined, 0, undefined, undefined /* PUBLISH has its own */, 0, 0, 2, 0],
  ...[2, undefined, 2, undefined, 0, undefined, 0, undefined],
];
const MAX_LENGTH_BYTES = 4;

export function createPacketGuard(limits: GuardLimits): PacketGuard {
  let state: 'start' | 'length' | 'body' = 'start';
  let isFirst = true;
  let type = 0;
  let length = 0;
  let lengthBytes = 0;
  let remaining = 0;

  function begin(byte: number): Refusal | null {
    type = byte >> 4;
    const flags = byte & 0x0f;
    if (isFirst !== (type === CONNECT)) {
      // [MQTT-3.1.0-1] [MQTT-3.1.0-2]
      return notMqtt(isFirst ? 'the first packet is no CONNECT' : 'a second CONNECT');
    }
    const isWellFlagged = type === PUBLISH ? (flags & 0b0110) !== 0b0110 : flags === FLAGS[type];
    if (!isWellFlagged)
      return notMqtt(
        `no client sends a packet that begins with 0x${byte.toString(16).padStart(2, '0')}`,
      );
    isFirst = false;
    state = 'length';
    length = 0;
    lengthBytes = 0;
    return null;
  }

  /** Null: go on. */
  function measure(byte: number): Refusal | null {
    length += (byte & 0x7f) * 128 ** lengthBytes;
    lengthBytes += 1;
    const most = type === CONNECT ? limits.connectBytes : limits.packetBytes;
    if (length > most) {
      const text = `a packet of ${length} bytes${(byte & 0x80) === 0 ? '' : ' or more'}; at most ${most} are taken`;
      return { code: 'PACKET_TOO_LARGE', text };
    }
    if ((byte & 0x80) !== 0) {
      return lengthBytes === MAX_LENGTH_BYTES ? notMqtt('a length of more than 4 bytes') : null;
    }
    remaining = length;
    state = remaining === 0 ? 'start' : 'body';
    return null;
  }

  return {
    pass(chunk, from, admit, arrived) {
      let at = from;
      while (at < chunk.length) {
        if (state === 'body') {
          const taken = Math.min(remaining, chunk.length - at);
          remaining -= taken;
          at += taken;
          if (remaining === 0) state = 'start';
          continue;
        }
        const byte = chunk[at]!;
        if (state === 'start') {
          if (!admit(byte >> 4)) return { end: at, refusal: null };
          const refusal = begin(byte);
          if (refusal) return { end: at, refusal };
        } else {
          const refusal = measure(byte);
          if (refusal) return { end: at, refusal };
          // `measure` has ended the header when it left this state.
          if ((state as string) !== 'length') arrived(type, 1 + lengthBytes + length);
        }
        at += 1;
      }
      return { end: at, refusal: null };
    },
  };
}

function notMqtt(text: string): Refusal {
  return { code: 'NOT_MQTT', text };
}
