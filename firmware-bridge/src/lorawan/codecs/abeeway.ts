/**
 * Abeeway trackers of animals and assets, high byte first:
 *
 *     type  status  battery  temperature  ack/option  [data …]
 *     03, option 0 (a fix):   age  latitude(3)  longitude(3)  error
 *     0a (an event):          event  …
 *
 * Spec: Abeeway trackers reference guide, "uplink messages", "position messages", "event message", "encoded form".
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

const ID = 'abeeway';
const HEADER = 5;
const [POSITION, EVENT] = [0x03, 0x0a];
const FIX = 0;
const FIX_LENGTH = HEADER + 8;
const SECONDS_A_STEP = 8;

const TYPES: Readonly<Record<number, string>> = {
  0: 'frame pending',
  3: 'position',
  4: 'status',
  5: 'heartbeat',
  7: 'activity or configuration',
  9: 'shutdown',
  10: 'event',
  11: 'collection scan',
  14: 'extended position',
  15: 'debug',
};
const EVENTS = [
  'geolocation start',
  'motion start',
  'motion end',
  'BLE connected',
  'BLE disconnected',
  'temperature',
  'BLE bond deleted',
  'SOS start',
  'SOS stop',
  'angle',
  'BLE geozone',
];
const OPTIONS = [
  'fix',
  'GPS timeout',
  'encrypted WiFi',
  'WiFi timeout',
  'WiFi failure',
  'low-power GPS',
  'low-power GPS',
  'BLE beacons',
  'BLE failure',
  'WiFi',
  'BLE beacons, short',
  'BLE beacon, long',
];

export const abeeway: Codec = {
  id: ID,
  title: 'Abeeway trackers (asset tracker 2, micro and compact tracker)',
  spec: 'https://docs.thingpark.com/thingpark-x/latest/Abeeway/',
  quantities: [
    'temperature',
    'device.status',
    'position.latitude',
    'position.longitude',
    'position.accuracy',
    'position.age',
    'position.fix',
  ],
  decode: (payload) => {
    if (payload.length < HEADER) throw unfit(ID, `${payload.length} bytes`);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const type = view.getUint8(0);
    const name = TYPES[type];
    if (name === undefined) throw unfit(ID, `type 0x${type.toString(16)}`);
    const fields: Fields = {
      'device.status': field(name, null, 'type'),
      // The lowest three bits are flags, the highest three the mode; the battery is volts or percent, as the firmware has it.
      'other.abeeway.status': scaled(view.getUint8(1), 0, null, 'status'),
      'other.abeeway.battery': scaled(view.getUint8(2), 0, null, 'battery'),
      temperature: scaled(encoded(view.getUint8(3), -44, 85, 10), -1, 'Cel', 'temperature'),
    };
    return [{ kind: readData(type, view, payload, fields), fields }];
  },
};

function readData(
  type: number,
  view: DataView,
  payload: Uint8Array,
  fields: Fields,
): PayloadMeaning['kind'] {
  const option = view.getUint8(4) & 15;
  let at = HEADER;
  if (type === POSITION) {
    fields['position.fix'] = field(OPTIONS[option] ?? `option ${option}`, null, 'option');
    if (option === FIX) {
      if (payload.length < FIX_LENGTH) throw unfit(ID, 'a fix is cut short');
      fields['position.age'] = scaled(view.getUint8(5) * SECONDS_A_STEP, 0, 's', 'age');
      fields['position.latitude'] = scaled(coordinate(view, 6), -7, 'lat', 'latitude');
      fields['position.longitude'] = scaled(coordinate(view, 9), -7, 'lon', 'longitude');
      fields['position.accuracy'] = scaled(
        encoded(view.getUint8(12), 0, 1000, 10),
        -1,
        'm',
        'ehpe',
      );
      at = FIX_LENGTH;
    }
  } else if (type === EVENT && payload.length > HEADER) {
    const event = view.getUint8(at++);
    fields['other.abeeway.event'] = field(EVENTS[event] ?? `event ${event}`, null, 'event');
  }
  if (at < payload.length)
    fields['other.abeeway.data'] = field(hex(payload.subarray(at)), null, 'data');
  return fields['position.latitude'] ? 'position' : 'device';
}

/** The three high bytes of a signed 32-bit number of 10^-7 degrees. */
function coordinate(view: DataView, at: number): number {
  return (view.getUint8(at) << 24) | (view.getUint16(at + 1) << 8);
}

/** A byte that spreads over a range, in parts of a unit: 0 is the low end, 255 the high one. */
function encoded(byte: number, low: number, high: number, parts: number): number {
  return Math.round((low + (byte * (high - low)) / 255) * parts);
}
