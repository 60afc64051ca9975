/**
 * Electricity meters that answer Modbus, on an RS-485 bus or over TCP. Which register holds what is data: maps/.
 *
 * Ticked, the session asks the meters itself. Never ticked, or with an interval of nothing, it listens to another master's
 * questions and the answers: so the frame of a reading, which is its questions with their answers, decodes by itself.
 * Spec: MODBUS Application Protocol V1.1b3, MODBUS over Serial Line V1.02, MODBUS Messaging on TCP/IP V1.0b.
 * @module
 */
import { type Driver, type Manifest, optionsOf } from '../../driver.ts';
import { DriverError } from '../../errors.ts';
import { quantities } from '../../quantities.ts';
import type { Mode } from './adu.ts';
import { createListener } from './listener.ts';
import { registerMaps } from './maps/index.ts';
import { createPoller } from './poller.ts';
import type { RegisterMap } from './register-map.ts';

const named = new Set(
  [...registerMaps.values()].flatMap(({ points }) => points.map((p) => p.name)),
);

const manifest: Manifest = {
  id: 'modbus-meter',
  title: 'Electricity meters with Modbus (Eastron, PZEM, Chint, Carlo Gavazzi, Schneider)',
  spec: 'https://modbus.org/docs/Modbus_Application_Protocol_V1_1b3.pdf',
  transports: ['serial', 'tcp'],
  kinds: ['meter'],
  quantities: [...quantities.keys()].filter((name) => named.has(name)),
  serial: { baudRate: 9600 },
  options: {
    meter: {
      summary: `which meter: ${[...registerMaps.keys()].join(', ')}`,
      default: 'sdm630',
    },
    address: {
      summary: "the meter's address on the bus, 1 to 247; of several meters alike: 1,2,5",
      default: '1',
    },
    intervalMs: {
      summary: 'how often each meter is read; 0 asks nothing and listens to another master',
      default: '10000',
    },
    timeoutMs: { summary: 'how long an answer may take', default: '1000' },
    mode: {
      summary: 'rtu, also through a serial server; tcp for Modbus TCP with its own header',
      default: 'rtu',
    },
  },
};

// No bus answers faster; a day between two readings is a meter forgotten.
const SHORTEST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 86_400_000;
const LONGEST_TIMEOUT_MS = 60_000;

export const modbusMeter: Driver = {
  manifest,
  createSession(given) {
    const options = optionsOf(manifest, given);
    const bus = {
      map: mapOf(options.meter ?? ''),
      mode: modeOf(options.mode ?? ''),
      addresses: addressesOf(options.address ?? ''),
    };
    const intervalMs = intervalOf(options.intervalMs ?? '');
    const timeoutMs = numberOf('timeoutMs', options.timeoutMs ?? '', 10, LONGEST_TIMEOUT_MS);
    let session = createListener(bus);
    let isAsking = false;
    let received = 0;
    return {
      receive(input, nowMs) {
        received += input.bytes.length;
        return session.receive(input, nowMs);
      },
      tick(nowMs) {
        if (intervalMs > 0 && !isAsking) {
          isAsking = true;
          session = createPoller({ ...bus, intervalMs, timeoutMs }, { nowMs, received });
        }
        return session.tick(nowMs);
      },
      end: (nowMs) => session.end(nowMs),
    };
  },
};

function mapOf(id: string): RegisterMap {
  const map = registerMaps.get(id);
  if (map) return map;
  const known = [...registerMaps.keys()].join(', ');
  throw new DriverError('OPTION_INVALID', `meter is one of ${known}, not ${id}`);
}

function modeOf(mode: string): Mode {
  if (mode === 'rtu' || mode === 'tcp') return mode;
  throw new DriverError('OPTION_INVALID', `mode is rtu or tcp, not ${mode}`);
}

function addressesOf(text: string): number[] {
  const addresses = text.split(',').map((part) => numberOf('address', part.trim(), 1, 247));
  if (new Set(addresses).size === addresses.length) return addresses;
  throw new DriverError('OPTION_INVALID', `address names a meter twice: ${text}`);
}

function intervalOf(text: string): number {
  return text === '0' ? 0 : numberOf('intervalMs', text, SHORTEST_INTERVAL_MS, LONGEST_INTERVAL_MS);
}

function numberOf(name: string, text: string, low: number, high: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= low && number <= high) return number;
  throw new DriverError(
    'OPTION_INVALID',
    `${name} is a whole number from ${low} to ${high}, not ${text}`,
  );
}
