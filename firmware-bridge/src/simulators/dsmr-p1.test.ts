import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { dsmrP1 } from '../energy/dsmr-p1/dsmr-p1.ts';
import { runSession } from '../testing/driver-contract.ts';
import { createP1Simulator, type P1SimulatorOptions } from './dsmr-p1.ts';

const INSTALLED = Date.UTC(2026, 5, 1);
const NOON = Date.UTC(2026, 5, 3, 10, 0, 0);
const SECOND = 1000;
const HOUR = 3_600_000;

const simulator = (options: Partial<P1SimulatorOptions> = {}) =>
  createP1Simulator({ seed: 7, installedAt: INSTALLED, ...options });

/** The observations of one telegram, through the driver that reads the real meters. */
function read(telegram: Uint8Array) {
  const { observations, rejected } = runSession(dsmrP1, {}, [telegram]);
  expect(rejected).toEqual([]);
  return observations;
}

/** A number of the first observation that has it, in thousandths. */
function thousandths(telegram: Uint8Array, name: string): number {
  const value = read(telegram).find(({ fields }) => fields[name])?.fields[name]?.value;
  if (!isDecimal(value)) throw new Error(`no number ${name}`);
  return Math.round(Number(formatDecimal(value)) * 1000);
}

const imported = (telegram: Uint8Array) =>
  thousandths(telegram, 'energy.import.t1') + thousandths(telegram, 'energy.import.t2');
const exported = (telegram: Uint8Array) =>
  thousandths(telegram, 'energy.export.t1') + thousandths(telegram, 'energy.export.t2');

describe('simulated P1 meter', () => {
  it('speaks what the driver reads: a main meter and a gas meter', () => {
    const [main, gas] = read(simulator().telegram(NOON));
    expect(main?.time).toBe(NOON);
    expect(gas?.time).toBe(NOON);
    expect(main?.device).not.toBe(gas?.device);
    expect(Object.keys(main?.fields ?? {})).toContain('power.import.l3');
    expect(Object.keys(gas?.fields ?? {})).toContain('gas.volume');
    const names = [main, gas].flatMap((observation) => Object.keys(observation?.fields ?? {}));
    expect(names.filter((name) => name.startsWith('other.'))).toEqual([]);
  });

  it('sends the same telegram whenever it is asked for the same second', () => {
    const once = simulator();
    const telegram = once.telegram(NOON);
    once.telegram(NOON + HOUR);
    expect(once.telegram(NOON + 999)).toEqual(telegram);
    expect(simulator().telegram(NOON)).toEqual(telegram);
  });

  it('is another household with another seed', () => {
    expect(simulator({ seed: 8 }).telegram(NOON)).not.toEqual(simulator().telegram(NOON));
  });

  it.each([
    ['at noon', NOON],
    ['while the sun goes down', Date.UTC(2026, 5, 3, 16, 30, 0)],
    ['across the tariff change', Date.UTC(2026, 5, 3, 20, 45, 0)],
  ])('counts exactly the power it tells, %s', (_, from) => {
    const meter = simulator();
    const first = meter.telegram(from);
    let [taken, given] = [0, 0];
    for (let at = from; at < from + HOUR / 2; at += SECOND) {
      const telegram = meter.telegram(at);
      taken += thousandths(telegram, 'power.import');
      given += thousandths(telegram, 'power.export');
    }
    const last = meter.telegram(from + HOUR / 2);
    // Two registers each show full watt-hours only, so two of them can be pending at either end.
    expect(Math.abs(imported(last) - imported(first) - taken / 3600)).toBeLessThan(2);
    expect(Math.abs(exported(last) - exported(first) - given / 3600)).toBeLessThan(2);
  });

  it('never counts backwards, through days and the end of summer time', () => {
    const meter = createP1Simulator({ seed: 7, installedAt: Date.UTC(2026, 9, 23) });
    let before = meter.telegram(Date.UTC(2026, 9, 23));
    for (let at = Date.UTC(2026, 9, 23); at < Date.UTC(2026, 9, 27); at += 7 * 60_000 + 13_000) {
      const now = meter.telegram(at);
      expect(imported(now)).toBeGreaterThanOrEqual(imported(before));
      expect(exported(now)).toBeGreaterThanOrEqual(exported(before));
      expect(thousandths(now, 'gas.volume')).toBeGreaterThanOrEqual(
        thousandths(before, 'gas.volume'),
      );
      expect(read(now)[0]?.time).toBe(Math.floor(at / 1000) * 1000);
      before = now;
    }
  });

  it('takes energy at night and gives it on a summer day', () => {
    const meter = simulator();
    const [night, morning, evening] = [0, 4, 18].map((hour) =>
      meter.telegram(Date.UTC(2026, 5, 3, hour)),
    ) as [Uint8Array, Uint8Array, Uint8Array];
    expect(imported(morning) - imported(night)).toBeGreaterThan(400);
    expect(exported(morning) - exported(night)).toBe(0);
    expect(exported(evening) - exported(morning)).toBeGreaterThan(4000);
  });

  it('changes its tariff at seven and at twenty-three', () => {
    const tariff = (hour: number, minute: number) =>
      read(simulator().telegram(Date.UTC(2026, 5, 3, hour - 2, minute)))[0]?.fields['tariff.active']
        ?.value;
    expect([tariff(6, 59), tariff(7, 0), tariff(22, 59), tariff(23, 0)]).toEqual([
      '0001',
      '0002',
      '0002',
      '0001',
    ]);
  });

  it.each([
    ['every five minutes', NOON + 8 * 60_000, NOON + 5 * 60_000],
    ['hourly', NOON + 8 * 60_000, NOON],
  ] as const)('reads gas %s', (gas, asked, told) => {
    expect(read(simulator({ gas }).telegram(asked))[1]?.time).toBe(told);
  });

  it('has no gas meter where there is no gas', () => {
    expect(read(simulator({ gas: 'none' }).telegram(NOON))).toHaveLength(1);
  });

  it('cannot be asked for a moment before it was there', () => {
    expect(() => simulator().telegram(INSTALLED - 1)).toThrow(RangeError);
  });
});
