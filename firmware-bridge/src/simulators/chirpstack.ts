/**
 * LoRaWAN devices behind a ChirpStack of their own: a bin that fills and is emptied, a collar on an animal that walks the
 * forest path of the town. Functions of time alone: asked again for the same moment they say the same.
 * @module
 */
import type { SimulatedDevice, SimulatedMessage, SimulatorOptions } from './device.ts';
import { noise, smoothNoise } from './random.ts';
import {
  findPlace,
  findStreet,
  METRES_A_DEGREE,
  metresBetween,
  type Point,
} from './town/places.ts';

export interface ChirpstackSimulatorOptions extends SimulatorOptions {
  /** Where its network server's gateway stands. */
  readonly gateway?: Point;
}

const APPLICATION = 'ca739e26-7b67-4f14-b69e-d568c22a5a75';
export const UPLINK_INTERVAL_MS = 600_000;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const [FILL, EMPTYING, HEAT, RADIO, PACE, GPS] = [3001, 3002, 3003, 3004, 3005, 3006];

interface Uplink {
  readonly port: number;
  readonly payload: Uint8Array;
}

/** @throws RangeError for a codec that nothing here speaks */
export function createChirpstackSimulator(options: ChirpstackSimulatorOptions): SimulatedDevice {
  const { seed, gateway = findPlace('house').at } = options;
  const codec = options.options?.codec ?? 'milesight-udl';
  const speakers: Readonly<Record<string, (ms: number) => Uplink>> = {
    'milesight-udl': (ms) => binUplink(seed, ms),
    abeeway: (ms) => collarUplink(seed, ms),
  };
  const uplink = speakers[codec];
  if (uplink === undefined)
    throw new RangeError(`codec is one of ${Object.keys(speakers).join(', ')}, not ${codec}`);
  const devEui = `24e124${(seed >>> 0).toString(16).padStart(10, '0')}`.slice(0, 16);
  return {
    hear: () => [],
    speak: (ms) => [envelope({ devEui, seed, gateway, ms, ...uplink(ms) })],
  };
}

/** How full the bin is, 0 to 1: it fills through the day, and is emptied on one morning of each week. */
export function binFill(seed: number, ms: number): number {
  const weekday = Math.floor(noise(seed, EMPTYING) * 5);
  const emptied = (week: number) => {
    const monday = week * 7 * DAY + 4 * DAY; // 1 January 1970 was a Thursday
    return monday + weekday * DAY + 6 * HOUR + noise(seed, EMPTYING, week) * 3 * HOUR;
  };
  const week = Math.floor((ms - 4 * DAY) / (7 * DAY));
  const since = emptied(week) <= ms ? emptied(week) : emptied(week - 1);
  let fill = 0;
  for (let hour = Math.floor(since / HOUR); hour < Math.floor(ms / HOUR); hour++) {
    const isDay = (hour + 1) % 24 >= 7 && (hour + 1) % 24 < 22;
    fill += isDay ? 0.012 * noise(seed, FILL, hour) ** 2 * 3 : 0;
  }
  return Math.min(1, fill);
}

const BIN_DEPTH_MM = 1400;
const BIN_FULL_MM = 250;

function binUplink(seed: number, ms: number): Uplink {
  const step = Math.floor(ms / UPLINK_INTERVAL_MS);
  const ripple = Math.round(20 * (noise(seed, RADIO, step) - 0.5));
  const fill = binFill(seed, ms);
  const distance = Math.round(BIN_DEPTH_MM - fill * (BIN_DEPTH_MM - BIN_FULL_MM)) + ripple;
  const celsius = Math.round(10 * (8 + 10 * smoothNoise(seed, HEAT, ms / (6 * HOUR))));
  const battery = 100 - Math.floor((ms / DAY / 30) % 60);
  const payload = new Uint8Array(14);
  const view = new DataView(payload.buffer);
  payload.set([0x01, 0x75, battery, 0x03, 0x67], 0);
  view.setInt16(5, celsius, true);
  payload.set([0x04, 0x82], 7);
  view.setUint16(9, distance, true);
  payload.set([0x05, 0x00, 0], 11);
  return { port: 85, payload };
}

const MEAN_METRES_A_SECOND = 0.35;

/** Where the collar's animal is: to and fro on the forest path, now faster, now slower. */
export function collarPosition(seed: number, ms: number): Point {
  const { line } = findStreet('Skogsstigen');
  const length = line
    .slice(1)
    .reduce((sum, point, i) => sum + metresBetween(line[i] as Point, point), 0);
  const lead = 400 * smoothNoise(seed, PACE, ms / HOUR);
  const walked = (ms / 1000) * MEAN_METRES_A_SECOND + lead;
  let left = walked % (2 * length);
  if (left > length) left = 2 * length - left;
  for (const [i, to] of line.slice(1).entries()) {
    const from = line[i] as Point;
    const metres = metresBetween(from, to);
    if (left <= metres) return between(from, to, left / metres);
    left -= metres;
  }
  return line.at(-1) as Point;
}

function between(from: Point, to: Point, part: number): Point {
  return {
    latitude: from.latitude + part * (to.latitude - from.latitude),
    longitude: from.longitude + part * (to.longitude - from.longitude),
  };
}

function collarUplink(seed: number, ms: number): Uplink {
  const step = Math.floor(ms / UPLINK_INTERVAL_MS);
  const at = collarPosition(seed, ms);
  const off = (axis: number) => 8 * (noise(seed, GPS, step, axis) - 0.5);
  const latitude = at.latitude + off(0) / METRES_A_DEGREE.north;
  const longitude = at.longitude + off(1) / METRES_A_DEGREE.east;
  const temperature = Math.round(
    ((6 + 8 * smoothNoise(seed, HEAT, ms / (8 * HOUR)) + 44) * 255) / 129,
  );
  const payload = new Uint8Array(13);
  payload.set([0x03, 0x4a, 0xe6, temperature, 0x00, 0], 0);
  payload.set(threeBytes(latitude), 6);
  payload.set(threeBytes(longitude), 9);
  payload[12] = 1 + Math.floor(noise(seed, GPS, step, 2) * 3);
  return { port: 18, payload };
}

function threeBytes(degrees: number): number[] {
  const high = Math.round(degrees * 1e7) >> 8;
  return [(high >> 16) & 0xff, (high >> 8) & 0xff, high & 0xff];
}

/** The uplink event as ChirpStack 4 publishes it. */
function envelope(uplink: {
  devEui: string;
  seed: number;
  gateway: Point;
  ms: number;
  port: number;
  payload: Uint8Array;
}): SimulatedMessage {
  const { devEui, seed, gateway, ms, port, payload } = uplink;
  const count = Math.floor(ms / UPLINK_INTERVAL_MS);
  const time = `${new Date(ms).toISOString().slice(0, -1)}000+00:00`;
  const hex = (channel: number, digits: number) =>
    Array.from({ length: digits }, (_, i) =>
      Math.floor(noise(seed, RADIO, count, channel, i) * 16).toString(16),
    ).join('');
  const event = {
    deduplicationId: `${hex(1, 8)}-${hex(2, 4)}-4${hex(3, 3)}-8${hex(4, 3)}-${hex(5, 12)}`,
    time,
    deviceInfo: {
      tenantName: 'Sigillstad',
      applicationId: APPLICATION,
      applicationName: 'Sigillstad',
      deviceProfileName: port === 85 ? 'EM400-UDL' : 'Asset tracker 2',
      deviceName: devEui,
      devEui,
      tags: {},
    },
    devAddr: `01${devEui.slice(-6)}`,
    adr: true,
    dr: 5,
    fCnt: count % 65_536,
    fPort: port,
    confirmed: false,
    data: btoa(String.fromCharCode(...payload)),
    rxInfo: [
      {
        gatewayId: '0016c001f153a14c',
        uplinkId: count % 4_294_967_296,
        rssi: -70 - Math.floor(40 * noise(seed, RADIO, count)),
        snr: Math.round(4 * (9 - 12 * noise(seed, RADIO, count, 6))) / 4,
        location: gateway,
        crcStatus: 'CRC_OK',
      },
    ],
    txInfo: {
      frequency: 868_100_000,
      modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7, codeRate: 'CR_4_5' } },
    },
  };
  return {
    topic: `application/${APPLICATION}/device/${devEui}/event/up`,
    bytes: new TextEncoder().encode(JSON.stringify(event)),
  };
}
