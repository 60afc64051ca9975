/**
 * LoRaWAN devices behind a ChirpStack network server: its uplink, join, status and location events over MQTT.
 * What the payload means is a codec's to say; without one it is told as bytes.
 * @module
 */
import {
  type Driver,
  type Manifest,
  type Observation,
  type ObservedField,
  optionsOf,
  perMessage,
} from '../../driver.ts';
import { DriverError } from '../../errors.ts';
import { isNumber, type JsonNumber, member, parseJson, toDecimal } from '../../json/json.ts';
import { hex } from '../codecs/codec.ts';
import { type Codec, codecs } from '../codecs/index.ts';
import { type ChirpstackEvent, type Reception, readEvent } from './event.ts';

const RADIO = [
  'message.id',
  'radio.counter',
  'radio.gateway',
  'radio.gateways',
  'radio.port',
  'radio.snr',
  'signal.strength',
];
const EVENTS = [
  'battery.level',
  'device.status',
  'position.accuracy',
  'position.altitude',
  'position.latitude',
  'position.longitude',
];

const manifest: Manifest = {
  id: 'chirpstack',
  title: 'LoRaWAN devices behind ChirpStack 3 or 4',
  spec: 'https://www.chirpstack.io/docs/chirpstack/integrations/events.html',
  transports: ['mqtt'],
  kinds: ['level', 'position', 'device'],
  quantities: [
    ...new Set([
      ...RADIO,
      ...EVENTS,
      ...[...codecs.values()].flatMap(({ quantities }) => quantities),
    ]),
  ].sort(),
  options: {
    codec: {
      summary: `what the payload means: ${[...codecs.keys()].join(', ')}; empty: it is told as bytes`,
      default: '',
    },
  },
};

type Fields = Record<string, ObservedField>;

export const chirpstack: Driver = {
  manifest,
  createSession(given) {
    const { codec: id = '' } = optionsOf(manifest, given);
    const codec = id === '' ? null : codecOf(id);
    return perMessage((payload) => observe(readEvent(parseJson(payload)), codec));
  },
};

function codecOf(id: string): Codec {
  const codec = codecs.get(id);
  if (codec) return codec;
  throw new DriverError(
    'OPTION_INVALID',
    `codec is one of ${[...codecs.keys()].join(', ')}, not ${id}`,
  );
}

function observe(event: ChirpstackEvent, codec: Codec | null): Observation[] {
  const { type, devEui: device, time } = event;
  const told = (kind: string, fields: Fields): Observation[] => [{ kind, device, time, fields }];
  switch (type) {
    case 'uplink':
      return observeUplink(event, codec);
    case 'join':
      return told('device', { 'device.status': text('joined', 'join'), ...radioOf(event) });
    case 'status':
      return told('device', { ...statusOf(event), ...radioOf(event) });
    case 'location':
      return told('position', locationOf(event));
    case 'log':
      return told('device', logOf(event));
    case 'other':
      // The fate of a downlink: nobody here sends any.
      return [];
  }
}

function observeUplink(event: ChirpstackEvent, codec: Codec | null): Observation[] {
  const { devEui: device, time, data, body } = event;
  const port = numberAt(body, 'fPort');
  const radio = radioOf(event);
  if (data === null) return [{ kind: 'device', device, time, fields: radio }];
  if (codec === null) {
    const payload = { 'other.chirpstack.payload': text(hex(data), 'data') };
    return [{ kind: 'device', device, time, fields: { ...payload, ...radio } }];
  }
  const meanings = codec.decode(data, Number(port?.digits ?? 0));
  if (meanings.length === 0) return [{ kind: 'device', device, time, fields: radio }];
  return meanings.map((meaning) => ({
    kind: meaning.kind,
    device,
    time: meaning.time ?? time,
    fields: { ...meaning.fields, ...radio },
  }));
}

/** How it was heard: by how many gateways, and by the best of them. */
function radioOf({ receptions, id, body }: ChirpstackEvent): Fields {
  const best = receptions.reduce<Reception | null>(
    (a, b) => (a === null || level(b) > level(a) ? b : a),
    null,
  );
  const fields: Fields = {};
  put(fields, 'radio.counter', numberAt(body, 'fCnt'), null, 'fCnt');
  put(fields, 'radio.port', numberAt(body, 'fPort'), null, 'fPort');
  if (id !== null) fields['message.id'] = text(id, 'deduplicationId');
  if (best === null) return fields;
  put(fields, 'radio.gateways', { digits: String(receptions.length) }, null, 'rxInfo');
  if (best.gateway !== '') fields['radio.gateway'] = text(best.gateway, 'gatewayId');
  put(fields, 'signal.strength', best.rssi, 'dBm', 'rssi');
  put(fields, 'radio.snr', best.snr, 'dB', 'snr');
  return fields;
}

function statusOf({ body }: ChirpstackEvent): Fields {
  const fields: Fields = { 'device.status': text('status', 'status') };
  const isUnknown = member(body, 'batteryLevelUnavailable') === true;
  if (!isUnknown) put(fields, 'battery.level', numberAt(body, 'batteryLevel'), '%', 'batteryLevel');
  put(fields, 'other.chirpstack.margin', numberAt(body, 'margin'), 'dB', 'margin');
  const external = member(body, 'externalPowerSource');
  if (typeof external === 'boolean')
    fields['other.chirpstack.externalPowerSource'] = {
      value: external,
      unit: null,
      code: 'externalPowerSource',
    };
  return fields;
}

function locationOf({ body }: ChirpstackEvent): Fields {
  const fields: Fields = { 'device.status': text('located by the network', 'location') };
  const at = (name: string) => {
    const value = member(body, 'location', name);
    return isNumber(value) ? value : null;
  };
  put(fields, 'position.latitude', at('latitude'), 'lat', 'latitude');
  put(fields, 'position.longitude', at('longitude'), 'lon', 'longitude');
  put(fields, 'position.altitude', at('altitude'), 'm', 'altitude');
  put(fields, 'position.accuracy', at('accuracy'), 'm', 'accuracy');
  return fields;
}

const LONGEST_LOG = 500;

function logOf({ body }: ChirpstackEvent): Fields {
  const fields: Fields = { 'device.status': text('log', 'log') };
  for (const name of ['level', 'code', 'description', 'type', 'error']) {
    const value = member(body, name);
    if (typeof value === 'string')
      fields[`other.chirpstack.${name}`] = text(value.slice(0, LONGEST_LOG), name);
  }
  return fields;
}

function put(
  fields: Fields,
  name: string,
  number: JsonNumber | null,
  unit: string | null,
  code: string,
): void {
  const value = number && toDecimal(number);
  if (value) fields[name] = { value, unit, code };
}

function numberAt(body: ChirpstackEvent['body'], name: string): JsonNumber | null {
  const value = member(body, name);
  return isNumber(value) ? value : null;
}

function text(value: string, code: string): ObservedField {
  return { value, unit: null, code };
}

function level({ rssi, snr }: Reception): number {
  return Number(rssi?.digits ?? -1000) + Number(snr?.digits ?? 0) / 1000;
}
