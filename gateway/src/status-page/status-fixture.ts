/**
 * A gateway in the middle of an ordinary day, for the page's tests.
 * @module
 */
import type { ToldReading } from '@sigill/edge';
import type { GatewayStatus, ToldStatus } from '../status.ts';

export const NOW = Date.UTC(2026, 10, 22, 14, 3, 30);

const COUNTS = {
  ...{ bytes: 812_000, observations: 900, rejected: 2, refused: 0, dropped: 0, reconnects: 1 },
};

function source(
  name: string,
  driver: string,
  place: string,
  more: object,
): GatewayStatus['sources'][number] {
  return {
    ...COUNTS,
    ...{ source: name, driver, place, state: 'ok', code: null, reason: null },
    ...{ sinceMs: NOW - 600_000, lastObservedMs: NOW - 1000, lagMs: 120 },
    ...more,
  } as GatewayStatus['sources'][number];
}

export const WELL: ToldStatus = {
  origin: 'sigill.example/demo/house-17',
  logSize: 900,
  logRoot: '00'.repeat(32),
  closedFor: null,
  record: { slot: 1, rev: 0, generation: 1, closed: null },
  nextLog: null,
  agent: {
    state: 'running',
    reason: null,
    full: false,
    lost: 0,
    recoveries: 0,
    rejected: {},
    lastRejected: [],
    journal: { heldBytes: 5_300_000, maxBytes: 1_073_741_824 },
    position: {
      ...{ nextSeq: 90_000, openReadings: 3, sealedBefore: 900, receiptedBefore: 900 },
      ...{ releasedBefore: 800, streams: 4, beacon: 12 },
    },
  } as unknown as GatewayStatus['agent'],
  remoteAgents: [],
  sources: [
    source('house-17', 'dsmr-p1', '/dev/serial/by-id/usb-FTDI_P1_A1-if00-port0', {}),
    source('fish-ladder', 'iso11784', '/dev/serial/by-id/usb-Prolific_B2', {}),
  ],
  broker: null,
  cloud: {
    ...{ reachable: true, sent: 900, receipted: 896, cosigned: 896, lastError: null },
    ...{ reachedAt: NOW - 900, receiptedAt: NOW - 5_000 },
  },
  disk: { freeBytes: 20_000_000_000, totalBytes: 32_000_000_000 },
  ledger: { reachable: true, final: 12, pending: [], alarm: null },
  anchoring: { by: 'this gateway', last: null },
  held: {} as GatewayStatus['held'],
  loggedAt: NOW - 800,
  quarantined: [],
  alarms: [],
};

export const SICK: ToldStatus = {
  ...WELL,
  sources: [
    ...WELL.sources,
    source('scale-1', 'scale', '/dev/serial/by-id/usb-FTDI_C3', {
      state: 'waiting',
      code: 'PORT_LOCKED',
      reason:
        '/dev/serial/by-id/usb-FTDI_C3 is held by ModemManager (process 512): stop it, and the port is free',
      lastObservedMs: null,
    }),
    source('portal', 'llrp', '192.0.2.40:5084', {
      state: 'silent',
      reason: 'nothing came for 4 min: is the reader on, and does anything pass its antennas?',
      lastObservedMs: NOW - 240_000,
    }),
  ],
  cloud: {
    ...(WELL.cloud as object),
    reachable: false,
    receipted: 412,
    cosigned: 412,
    lastError: 'CLOUD_UNREACHABLE: https://cloud.example: no answer (ECONNREFUSED)',
  } as GatewayStatus['cloud'],
  alarms: [
    {
      level: 'alarm',
      what: 'BATCH_CONFLICT',
      text: 'agent <b>41ab</b> signed two histories: its card was copied',
      ...{ firstAt: NOW - 90_000, lastAt: NOW - 30_000, times: 3 },
    },
  ],
};

/** A log that its operator was asked to close, because an older copy of its disk went on. */
export const STUCK: ToldStatus = {
  ...WELL,
  closedFor: 'the cloud holds another history; run sigill gateway new-generation gateway.yaml',
  nextLog: {
    ...{ state: 'waiting', origin: 'sigill.example/demo/house-17/2', askedAt: NOW - 600_000 },
    fingerprint: '6f1c 09aa 41d7 e3b2',
    text: 'sigill.example/demo/house-17/2 waits for the operator since 2026-11-22 13:53 UTC',
  },
};

export const READINGS: readonly ToldReading[] = [
  {
    ...{
      agent: '41ab',
      seq: 90_001,
      batch: 899,
      source: 'house-17',
      device: '4530303331303033303031363939353135',
    },
    ...{ n: 88_000, kind: 'meter', time: '2026-11-22T14:03:29.000Z', clockQuality: 2 },
    fields: {
      'power.import': { value: '2.718', unit: 'kW' },
      'energy.import.t1': { value: '1234.567', unit: 'kWh' },
    },
  },
  {
    ...{
      agent: '41ab',
      seq: 90_000,
      batch: 899,
      source: 'fish-ladder',
      device: '',
      n: 12,
      kind: 'gap',
    },
    ...{ time: '2026-11-22T14:03:20.000Z', clockQuality: 0 },
    fields: { 'gap.cause': { value: 'power', unit: null } },
  },
];
