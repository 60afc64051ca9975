/**
 * What the path bench is fed.
 * @module
 */
import { parseDecimal } from '@sigill/evidence';
import { type DecodedObservation, type Driver, dsmrP1 } from '@sigill/firmware-bridge/drivers';
import { createP1Simulator } from '@sigill/firmware-bridge/simulators';

export interface Workload {
  readonly name: string;
  readonly driver: Driver;
  /** How many device messages for each half of the path. */
  readonly toJournal: number;
  readonly toCloud: number;
  /** What the device sends, message by message. */
  messages(count: number): Uint8Array[];
}

const START_MS = Date.UTC(2026, 10, 22, 12);
// Simulating costs more than reading: this many different messages are made and then sent round.
const DIFFERENT = 600;
const MAX_LINE = 16;

/** A device that says one number a line: the least a reading can be. */
const oneField: Driver = {
  manifest: {
    id: 'bench-line',
    title: 'one power a line',
    spec: 'this file',
    transports: ['serial'],
    kinds: ['meter'],
    quantities: ['power.import'],
    options: {},
  },
  createSession: () => {
    let held = '';
    let offset = 0;
    const nothing = { observations: [], rejected: [], send: [], nextTickMs: null };
    return {
      receive({ bytes }) {
        const lines = (held + Buffer.from(bytes).toString('latin1')).split('\n');
        held = (lines.pop() ?? '').slice(0, MAX_LINE);
        const observations = lines.map((line): DecodedObservation => {
          const frame = Buffer.from(`${line}\n`, 'latin1');
          offset += frame.length;
          return {
            kind: 'meter',
            device: 'line',
            time: null,
            fields: { 'power.import': { value: parseDecimal(line), unit: 'kW', code: null } },
            frame,
            offset: offset - frame.length,
          };
        });
        return { ...nothing, observations };
      },
      tick: () => nothing,
      end: () => nothing,
    };
  },
};

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'one-field reading',
    driver: oneField,
    toJournal: 200_000,
    toCloud: 100_000,
    messages: (count) =>
      roundOf(count, (second) => Buffer.from(`${(second / 1000).toFixed(3)}\n`, 'latin1')),
  },
  {
    name: 'P1 v5 telegram',
    driver: dsmrP1,
    toJournal: 40_000,
    toCloud: 20_000,
    messages: (count) => {
      const { telegram } = createP1Simulator({ seed: 1 });
      return roundOf(count, (second) => telegram(START_MS + second * 1000));
    },
  },
];

function roundOf(count: number, make: (second: number) => Uint8Array): Uint8Array[] {
  const made = Array.from({ length: Math.min(count, DIFFERENT) }, (_, second) => make(second));
  return Array.from({ length: count }, (_, index) => made[index % made.length]!);
}
