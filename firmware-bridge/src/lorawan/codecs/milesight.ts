/**
 * Milesight sensors: a row of channels, each an id, a type and its value, low byte first.
 *
 *     01 75 5c   03 67 01 01   04 82 44 08   05 00 01
 *     battery    temperature   distance      tilt
 *
 * The length of an unknown channel is unknown too: what comes from there on is told as bytes.
 * Spec: Milesight SensorDecoders, READMEs of EM310-UDL, EM400-UDL, EM400-MUD, EM500-UDL and AT101.
 * @module
 */
import {
  type Codec,
  type Fields,
  field,
  hex,
  type PayloadMeaning,
  scaled,
  unfit,
} from './codec.ts';

/** One channel: how many bytes its value has, and what they say. `code` is id and type in hexadecimal. */
interface Channel {
  readonly length: number;
  read(value: DataView, fields: Fields, code: string): void;
  /** Kept and sent later: an observation by itself, at this time. */
  timeOf?(value: DataView): number;
}

type Channels = Readonly<Record<string, Channel>>;

const PREFIX = 'other.milesight';
// [LoRaWAN regional parameters] No payload is longer.
const LONGEST_PAYLOAD = 242;

const battery: Channel = {
  length: 1,
  read: (value, fields, code) => {
    fields['battery.level'] = scaled(value.getUint8(0), 0, '%', code);
  },
};
const temperature: Channel = {
  length: 2,
  read: (value, fields, code) => {
    fields.temperature = scaled(value.getInt16(0, true), -1, 'Cel', code);
  },
};
const distance: Channel = {
  length: 2,
  read: (value, fields, code) => {
    fields.distance = scaled(value.getUint16(0, true), 0, 'mm', code);
  },
};
const tilt: Channel = {
  length: 1,
  read: (value, fields, code) => {
    fields['device.tilted'] = field(value.getUint8(0) !== 0, null, code);
  },
};

/** A channel whose value is followed by a byte that says which alarm it is. */
const alarmed = ({ length, read }: Channel, name: string): Channel => ({
  length: length + 1,
  read: (value, fields, code) => {
    read(value, fields, code);
    fields[`${PREFIX}.${name}`] = scaled(value.getUint8(length), 0, null, code);
  },
});

/** Bytes that are kept as they are. */
const raw = (length: number, name: string): Channel => ({
  length,
  read: (value, fields, code) => {
    let free = `${PREFIX}.${name}`;
    for (let n = 2; Object.hasOwn(fields, free); n++) free = `${PREFIX}.${name}.${n}`;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, length);
    fields[free] = field(hex(bytes), null, code);
  },
});

const history = ({ length, read }: Channel): Channel => ({
  length: 4 + length,
  timeOf: (value) => value.getUint32(0, true) * 1000,
  read: (value, fields, code) =>
    read(new DataView(value.buffer, value.byteOffset + 4, length), fields, code),
});

const NO_FIX = -1;
const coordinates = (latitudeAt: number, longitudeAt: number): Channel => ({
  length: 8,
  read: (value, fields, code) => {
    const latitude = value.getInt32(latitudeAt, true);
    const longitude = value.getInt32(longitudeAt, true);
    if (latitude === NO_FIX && longitude === NO_FIX) return;
    fields['position.latitude'] = scaled(latitude, -6, 'lat', code);
    fields['position.longitude'] = scaled(longitude, -6, 'lon', code);
  },
});

const MOTIONS = ['unknown', 'start moving', 'moving', 'stop moving'];
const FENCES = ['inside', 'outside', 'unset', 'unknown'];
const location: Channel = {
  length: 9,
  read: (value, fields, code) => {
    coordinates(0, 4).read(value, fields, code);
    const status = value.getUint8(8);
    fields[`${PREFIX}.motion`] = field(MOTIONS[status & 15] ?? String(status & 15), null, code);
    fields[`${PREFIX}.geofence`] = field(FENCES[status >> 4] ?? String(status >> 4), null, code);
  },
};

const ATTRIBUTES: Channels = {
  ff01: raw(1, 'protocol'),
  ff09: raw(2, 'hardware'),
  ff0a: raw(2, 'firmware'),
  ff0b: raw(1, 'power'),
  ff0f: raw(1, 'class'),
  ff16: raw(8, 'serial'),
  ffff: raw(2, 'tsl'),
};

const ULTRASONIC: Channels = {
  ...ATTRIBUTES,
  '0175': battery,
  '0367': temperature,
  '0382': distance,
  '0482': distance,
  '0400': tilt,
  '0500': tilt,
  '8367': alarmed(temperature, 'temperature-alarm'),
  '8482': alarmed(distance, 'distance-alarm'),
  '83e9': {
    length: 5,
    read: (value, fields, code) => {
      distance.read(value, fields, code);
      fields[`${PREFIX}.distance-change`] = scaled(value.getUint16(2, true), 0, 'mm', code);
      fields[`${PREFIX}.distance-alarm`] = scaled(value.getUint8(4), 0, null, code);
    },
  },
  '20ce': history(distance),
};

const TRACKER: Channels = {
  ...ATTRIBUTES,
  '0175': battery,
  '0367': temperature,
  '0488': location,
  '0500': tilt,
  '06d9': raw(9, 'wifi'),
  '0700': raw(1, 'tamper'),
  '8367': alarmed(temperature, 'temperature-alarm'),
  '20ce': history(coordinates(4, 0)),
};

const milesight = (
  id: string,
  title: string,
  channels: Channels,
  quantities: readonly string[],
): Codec => ({
  id,
  title,
  spec: 'https://github.com/Milesight-IoT/SensorDecoders',
  quantities,
  decode: (payload) => {
    if (payload.length === 0 || payload.length > LONGEST_PAYLOAD)
      throw unfit(id, `${payload.length} bytes`);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const now: Fields = {};
    const kept: PayloadMeaning[] = [];
    for (let at = 0; at < payload.length; ) {
      const code = hex(payload.subarray(at, at + 2));
      const channel = channels[code];
      if (channel === undefined) {
        if (at === 0) throw unfit(id, `it has no channel ${code}`);
        now[`${PREFIX}.rest`] = field(hex(payload.subarray(at)), null, code);
        break;
      }
      at += 2;
      if (at + channel.length > payload.length) throw unfit(id, `channel ${code} is cut short`);
      const value = new DataView(payload.buffer, view.byteOffset + at, channel.length);
      at += channel.length;
      const time = channel.timeOf?.(value);
      const fields = time === undefined ? now : {};
      channel.read(value, fields, code);
      if (time !== undefined && Object.keys(fields).length > 0)
        kept.push({ kind: kindOf(fields), time, fields });
    }
    return Object.keys(now).length === 0 ? kept : [{ kind: kindOf(now), fields: now }, ...kept];
  },
});

function kindOf(fields: Fields): PayloadMeaning['kind'] {
  if (fields['position.latitude']) return 'position';
  return fields.distance ? 'level' : 'device';
}

export const milesightUdl = milesight(
  'milesight-udl',
  'Milesight ultrasonic fill-level sensors EM310-UDL, EM400-UDL, EM400-MUD, EM400-TLD, EM500-UDL',
  ULTRASONIC,
  ['battery.level', 'temperature', 'distance', 'device.tilted'],
);

export const milesightAt101 = milesight('milesight-at101', 'Milesight AT101 tracker', TRACKER, [
  'battery.level',
  'temperature',
  'position.latitude',
  'position.longitude',
  'device.tilted',
]);
