/**
 * ChirpStack's events as its MQTT integration publishes them, version 3 and 4, in JSON.
 * Spec: ChirpStack v4 integration.proto and v3 as/integration/integration.proto, in their JSON form.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { isNumber, type JsonNumber, type JsonValue, member } from '../../json/json.ts';
import { createTimeReader } from '../../mqtt-json/time.ts';
import { hex } from '../codecs/codec.ts';

export type EventType = 'uplink' | 'join' | 'status' | 'location' | 'log' | 'other';

export interface Reception {
  readonly gateway: string;
  readonly rssi: JsonNumber | null;
  readonly snr: JsonNumber | null;
}

export interface ChirpstackEvent {
  readonly type: EventType;
  /** 16 hexadecimal digits, lower case. */
  readonly devEui: string;
  /** When the network server or its gateway heard it. */
  readonly time: number | null;
  readonly id: string | null;
  readonly data: Uint8Array | null;
  readonly receptions: readonly Reception[];
  readonly body: JsonValue;
}

const EUI = /^[0-9a-f]{16}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MOST_RECEPTIONS = 64;
const readTime = createTimeReader('iso', '');

/** @throws DecodeError FRAME_SYNTAX */
export function readEvent(body: JsonValue): ChirpstackEvent {
  const devEui =
    readEui(member(body, 'deviceInfo', 'devEui')) ??
    readEui(member(body, 'devEUI')) ??
    readEui(member(body, 'devEui'));
  if (devEui === null)
    throw new DecodeError('FRAME_SYNTAX', 'no event of ChirpStack: it names no device (devEui)');
  const receptions = readReceptions(member(body, 'rxInfo'));
  const times = [
    member(body, 'time'),
    member(body, 'rxInfo', '0', 'time'),
    member(body, 'rxInfo', '0', 'gwTime'),
    member(body, 'publishedAt'),
  ];
  const id = member(body, 'deduplicationId');
  return {
    type: typeOf(body),
    devEui,
    time: times.map((time) => readTime(time ?? null)).find((time) => time !== null) ?? null,
    id: typeof id === 'string' && id.length <= 64 ? id : null,
    data: readData(member(body, 'data')),
    receptions,
    body,
  };
}

/** What kind of event it is stands in the topic; here it is known by what only that kind has. */
function typeOf(body: JsonValue): EventType {
  const has = (name: string) => {
    const value = member(body, name);
    return value !== undefined && value !== null;
  };
  if (has('acknowledged') || has('queueItemId') || has('downlinkId')) return 'other';
  if (has('level') && has('code')) return 'log';
  if (has('error') && has('type')) return 'log';
  if (has('margin') || has('batteryLevel') || has('externalPowerSource')) return 'status';
  if (has('fCnt') || has('data') || has('fPort')) return 'uplink';
  if (has('location')) return 'location';
  return has('devAddr') ? 'join' : 'uplink';
}

/** In hexadecimal, or in base64 as version 3 may be set to write it. */
function readEui(value: JsonValue | undefined): string | null {
  if (typeof value !== 'string') return null;
  if (EUI.test(value)) return value.toLowerCase();
  const bytes = value.length === 12 && BASE64.test(value) ? fromBase64(value) : null;
  return bytes?.length === 8 ? hex(bytes) : null;
}

/** Null where there is none: an uplink may carry commands of the network only. @throws DecodeError */
function readData(value: JsonValue | undefined): Uint8Array | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && BASE64.test(value)) return fromBase64(value);
  throw new DecodeError('FRAME_SYNTAX', 'no event of ChirpStack: data is no base64');
}

function readReceptions(value: JsonValue | undefined): Reception[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST_RECEPTIONS).map((one) => {
    const named = ['gatewayId', 'gatewayID', 'mac'].map((name) => readEui(member(one, name)));
    const snr = member(one, 'snr') ?? member(one, 'loRaSNR');
    const rssi = member(one, 'rssi');
    return {
      gateway: named.find((eui) => eui !== null) ?? '',
      rssi: isNumber(rssi) ? rssi : null,
      snr: isNumber(snr) ? snr : null,
    };
  });
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
