/**
 * A source with nothing real about it: lines are its frames, a transport does as told.
 * @module
 */
import { parseDecimal } from '@sigill/evidence';
import {
  type DecodedObservation,
  type Driver,
  dsmrP1,
  type Rejection,
  type Step,
  type Transport,
  type TransportState,
} from '@sigill/firmware-bridge';
import type { SourceConfig } from './config.ts';

export const OPEN: TransportState = { status: 'open', reason: null, code: null };
export const WAITING: TransportState = {
  status: 'waiting',
  reason: 'there is no port /dev/serial/by-id/usb-p1',
  code: 'PORT_MISSING',
};
export const NOTHING: Step = { observations: [], rejected: [], send: [], nextTickMs: null };

export const SOURCE: SourceConfig = {
  name: 'house-17',
  driver: 'lines',
  transport: {
    ...{ kind: 'serial', path: '/dev/serial/by-id/usb-p1' },
    ...{ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 },
  },
  options: {},
  cadenceMs: 1000,
  heartbeatMs: 300_000,
  heartbeats: 'device',
  frames: 'keep',
  commitWindowMs: 200,
  maxPerSecond: null,
};

/** `device value` and a line feed is an observation; a line beginning with ! is refused. What has no end waits. */
export const linesDriver: Driver = {
  manifest: { ...dsmrP1.manifest, id: 'lines', transports: ['serial', 'tcp', 'mqtt'] },
  createSession() {
    let rest = '';
    return {
      receive({ bytes }) {
        rest += new TextDecoder('latin1').decode(bytes);
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > 1000) rest = '';
        return {
          ...NOTHING,
          observations: lines.filter((line) => /^[a-z0-9-]+ \d+$/.test(line)).map(toObservation),
          rejected: lines.filter((line) => line.startsWith('!')).map(toRejection),
        };
      },
      tick: () => NOTHING,
      end: () => NOTHING,
    };
  },
};

function toObservation(line: string): DecodedObservation {
  const [device = '', value = ''] = line.split(' ');
  const field = { value: parseDecimal(value), unit: null, code: null };
  const frame = new TextEncoder().encode(`${line}\n`);
  return { kind: 'meter', device, time: null, fields: { 'other.value': field }, frame, offset: 0 };
}

function toRejection(line: string): Rejection {
  const bytes = new TextEncoder().encode(line);
  const { length } = bytes;
  return { code: 'CHECKSUM_MISMATCH', message: 'no', offset: 0, length, bytes };
}

export interface FakeTransport extends Transport {
  readonly sent: string[];
  readonly isStopped: boolean;
  readonly isPaused: boolean;
  readonly resets: string[];
  say(text: string): void;
  chunk(bytes: Uint8Array): void;
  message(text: string, topic: string): Promise<boolean>;
  state(state: TransportState): void;
}

/** A write of `refused` fails. */
export function createFakeTransport(): FakeTransport {
  const sent: string[] = [];
  const resets: string[] = [];
  let handlers: Parameters<Transport['start']>[0] | null = null;
  let isStopped = false;
  let isPaused = false;
  return {
    sent,
    resets,
    get isStopped() {
      return isStopped;
    },
    get isPaused() {
      return isPaused;
    },
    start(given) {
      handlers = given;
    },
    async write(bytes) {
      const text = new TextDecoder().decode(bytes);
      if (text === 'refused') throw new Error('NOT_OPEN');
      sent.push(text);
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
    },
    reset: (reason) => resets.push(reason),
    async stop() {
      isStopped = true;
    },
    say: (text) => handlers!.chunk(new TextEncoder().encode(text)),
    chunk: (bytes) => handlers!.chunk(bytes),
    message: (text, topic) => handlers!.message!(new TextEncoder().encode(text), topic),
    state: (state) => handlers!.state(state),
  };
}
