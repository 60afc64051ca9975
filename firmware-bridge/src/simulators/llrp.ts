/**
 * The reader at the gate of a store: it does what an LLRP client asks, says that it lives, and reports the pallets that
 * pass, each with its number and those of its cases.
 * @module
 */
import { encodeEpc } from '../identifiers/epc-binary.ts';
import { createLlrpFramer } from '../rfid/llrp/llrp-framer.ts';
import {
  ADD_ROSPEC,
  CLOSE_CONNECTION,
  CLOSE_CONNECTION_RESPONSE,
  DELETE_ROSPEC,
  decodeMessage,
  ENABLE_EVENTS_AND_REPORTS,
  ENABLE_ROSPEC,
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
  TO_READER,
} from '../rfid/llrp/message.ts';
import { concat, parseParameters, tlv, tv, u8, u16, u32, u64 } from '../rfid/llrp/parameters.ts';
import type { SimulatedDevice, SimulatorOptions } from './device.ts';
import { type Gate, type Sighting, sightingsAt } from './gate-traffic.ts';
import { noise } from './random.ts';

// GS1 keeps 950 for demonstrations.
const PREFIX = '9506000';
const SLOT_MS = 60_000;
const [CASES, ARTICLE] = [4001, 4002];
const SSCC_FILTER_UNIT_LOAD = 6;
const SGTIN_FILTER_CASE = 2;
// Whoever connects is greeted; as long as it says nothing, again.
const GREETING_MS = 5000;
// A client that lives acknowledges; one that is silent for three of its own periods is gone.
const MISSED_ACKS = 3;

const KEEPALIVE_SPEC = 220;
const OK = tlv(287, u16(0, 0));
const UNSUPPORTED = tlv(287, u16(109, 0));

export function createLlrpSimulator({ seed }: SimulatorOptions): SimulatedDevice {
  const gate: Gate = {
    seed,
    slotMs: SLOT_MS,
    traffic: 0.7,
    antennas: [1, 2],
    load: (slot) => pallet(seed, slot),
  };
  const framer = createLlrpFramer({ types: TO_READER, faultOf: () => null });
  let id = 0;
  let isRunning = false;
  let keepaliveMs = 0; // 0: none asked for
  let keptAliveMs = Number.NEGATIVE_INFINITY;
  let heardMs = Number.NEGATIVE_INFINITY;
  let greetedMs = Number.NEGATIVE_INFINITY;

  const say = (type: number, ...body: readonly Uint8Array[]) => ({
    bytes: encodeMessage(type, ++id, ...body),
  });
  const forget = () => {
    isRunning = false;
    keepaliveMs = 0;
    heardMs = Number.NEGATIVE_INFINITY;
    greetedMs = Number.NEGATIVE_INFINITY;
  };
  return {
    speak(ms) {
      if (keepaliveMs > 0 && ms - heardMs > MISSED_ACKS * keepaliveMs) forget();
      if (heardMs === Number.NEGATIVE_INFINITY) {
        if (ms - greetedMs < GREETING_MS) return [];
        greetedMs = ms;
        return [say(READER_EVENT_NOTIFICATION, tlv(246, utc(ms), tlv(256, u16(0))))];
      }
      const said = [];
      if (keepaliveMs > 0 && ms - keptAliveMs >= keepaliveMs) {
        keptAliveMs = ms;
        said.push(say(KEEPALIVE));
      }
      const seen = isRunning ? sightingsAt(gate, ms) : [];
      if (seen.length > 0)
        said.push(say(RO_ACCESS_REPORT, ...seen.map((sighting) => tagReport(sighting, ms))));
      return said;
    },
    hear(bytes, ms) {
      return framer.push(bytes).flatMap((cut) => {
        const message = decodeMessage(cut.bytes);
        heardMs = ms;
        if (message.type === SET_READER_CONFIG) {
          keepaliveMs = keepaliveIn(message.body);
          keptAliveMs = ms;
        }
        if (message.type === START_ROSPEC) isRunning = true;
        if (message.type === DELETE_ROSPEC) isRunning = false;
        // A periodic inventory is started by enabling it.
        if (message.type === ADD_ROSPEC) isRunning = isPeriodic(message.body);
        const answer = answerTo(message);
        if (message.type === CLOSE_CONNECTION) forget();
        return answer === null ? [] : [answer];
      });
    },
  };
}

function answerTo({ type, id }: Message): Uint8Array | null {
  const answer = (...body: readonly Uint8Array[]) => encodeMessage(responseTo(type), id, ...body);
  switch (type) {
    case KEEPALIVE_ACK:
    case ENABLE_EVENTS_AND_REPORTS:
      return null;
    case GET_READER_CAPABILITIES:
      return answer(OK, CAPABILITIES);
    case GET_READER_CONFIG:
      return answer(OK, tlv(218, u8(0), u16(8), u8(0x02, 0, 0x5e, 0xff, 0xff, 0, 0x53, 0x01)));
    case CLOSE_CONNECTION:
      return encodeMessage(CLOSE_CONNECTION_RESPONSE, id, OK);
    case SET_READER_CONFIG:
    case ADD_ROSPEC:
    case DELETE_ROSPEC:
    case ENABLE_ROSPEC:
    case START_ROSPEC:
      return answer(OK);
    default:
      return answer(UNSUPPORTED);
  }
}

const POWERS = [10, 15, 20, 24, 27, 30, 31.5];
// Nobody's enterprise number and model; Sweden's country code; a fixed channel of the European band.
const CAPABILITIES = concat(
  tlv(137, u16(2), u16(0x4000), u32(0), u32(1), u16(3), new TextEncoder().encode('1.0')),
  tlv(
    143,
    u16(752, 2),
    tlv(
      144,
      ...POWERS.map((dBm, i) => tlv(145, u16(i + 1, dBm * 100))),
      tlv(146, u8(0), tlv(148, u16(1), u32(866_900))),
    ),
  ),
);

function keepaliveIn(body: Uint8Array): number {
  try {
    const spec = parseParameters(body.subarray(1)).find(({ type }) => type === KEEPALIVE_SPEC);
    if (spec === undefined || spec.value[0] !== 1) return 0;
    return new DataView(spec.value.buffer, spec.value.byteOffset).getUint32(1);
  } catch {
    return 0; // a client that writes nonsense is not kept alive
  }
}

function isPeriodic(body: Uint8Array): boolean {
  // ROSpec head 4, its fields 6, ROBoundarySpec head 4, ROSpecStartTrigger head 4, then the kind of trigger.
  return body[18] === 2;
}

function pallet(seed: number, slot: number): readonly string[] {
  const serial = String(1_000_000_000 + (slot % 1_000_000_000)).slice(-9);
  const cases = 6 + Math.floor(noise(seed, CASES, slot) * 18);
  const item = String(Math.floor(noise(seed, ARTICLE, slot) * 40) + 100).padStart(5, '0');
  return [
    encodeEpc({
      type: 'sscc',
      scheme: 'sscc-96',
      filter: SSCC_FILTER_UNIT_LOAD,
      parts: [PREFIX, `3${serial}`],
    }),
    ...Array.from({ length: cases }, (_, i) =>
      encodeEpc({
        type: 'sgtin',
        scheme: 'sgtin-96',
        filter: SGTIN_FILTER_CASE,
        parts: [PREFIX, `1${item}`, String((slot % 1_000_000_000) * 100 + i)],
      }),
    ),
  ];
}

function tagReport({ epc, antenna, rssi }: Sighting, ms: number): Uint8Array {
  const seenUs = u64(BigInt(ms) * 1000n);
  const bytes = Uint8Array.from(epc.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return tlv(
    240,
    tv(13, bytes),
    tv(1, u16(antenna)),
    tv(6, u8(rssi)),
    tv(7, u16(1)),
    tv(2, seenUs),
    tv(4, seenUs),
    tv(8, u16(1)),
    tv(12, u16(0x3000)),
  );
}

function utc(ms: number): Uint8Array {
  return tlv(128, u64(BigInt(ms) * 1000n));
}
