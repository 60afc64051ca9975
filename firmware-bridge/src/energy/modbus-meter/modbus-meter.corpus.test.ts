/**
 * Answers of real meters, from a folder that is not part of this repository: SIGILL_CORPUS names it. The answers come
 * without their questions, which are put before them here; beside each stands what another decoder says of it.
 */
import { readFileSync } from 'node:fs';
import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { runSession } from '../../testing/driver-contract.ts';
import { writeQuestion } from './adu.ts';
import { registerMaps } from './maps/index.ts';
import { modbusMeter } from './modbus-meter.ts';

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/modbus` : '';
const title = folder ? 'modbus-meter corpus' : 'modbus-meter corpus (skipped: no SIGILL_CORPUS)';

interface Frame {
  readonly name: string;
  readonly hex: string;
  readonly expected: Readonly<Record<string, string | number>>;
}

// Their name, ours; of a register map or of a frame.
const NAMES: Readonly<Record<string, string>> = {
  V: 'voltage',
  A: 'current',
  W: 'power.import',
  Wh: 'energy.import',
  Hz: 'frequency',
  pf: 'power.factor',
};
const MEASURES: Readonly<Record<string, string>> = {
  Voltage: 'voltage',
  Current: 'current',
  Power: 'power.net',
  ApparentPower: 'power.apparent',
  ReactivePower: 'power.reactive.net',
  Cosphi: 'power.factor',
  Frequency: 'frequency',
  Import: 'energy.import',
  Export: 'energy.export',
  ReactiveImport: 'energy.reactive.import',
  ReactiveExport: 'energy.reactive.export',
  Sum: 'energy.total',
  ReactiveSum: 'energy.reactive.total',
};
const MAPS: Readonly<Record<string, string>> = {
  sdm: 'sdm630',
  sdm120: 'sdm120',
  sdm220: 'sdm220',
  sdm72: 'sdm72',
  'carlogavazzi-em24': 'em24',
  dtsu666: 'dtsu666',
  iem3000: 'iem3000',
};

const read = <T>(file: string): T => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));

describe.skipIf(folder === '')(title, () => {
  it('gives the values another decoder gives', () => {
    for (const { name, hex, expected } of read<Frame[]>('frames.json')) {
      const answer = Buffer.from(hex, 'hex');
      const count = (answer[2] ?? 0) / 2;
      const question = writeQuestion('rtu', {
        address: 1,
        read: 4,
        start: 0,
        count,
        transaction: 0,
      });
      const meter = name.startsWith('PZEM') ? 'pzem004t' : 'sdm120';
      const { observations, rejected } = runSession(modbusMeter, { meter }, [question, answer]);
      expect(rejected).toEqual([]);
      const { fields = {} } = observations[0] ?? {};
      const due =
        'value' in expected
          ? { voltage: expected.value }
          : Object.fromEntries(Object.entries(expected).map(([key, v]) => [NAMES[key] ?? key, v]));
      for (const [key, value] of Object.entries(due)) {
        if (key === 'word_order') continue;
        const told = fields[key]?.value;
        // They print fewer digits than the float has.
        expect(isDecimal(told) && Number(formatDecimal(told)), key).toBeCloseTo(Number(value), 4);
      }
    }
  });

  it('reads its quantities from the registers another reader uses', () => {
    const maps = read<Record<string, Record<string, string>>>('register_maps.json');
    let compared = 0;
    for (const [theirs, ours] of Object.entries(MAPS)) {
      const points = registerMaps.get(ours)?.points ?? [];
      for (const [measure, register] of Object.entries(maps[theirs] ?? {})) {
        const [, base = '', phase] = /^(.*?)(?:L([123]))?$/.exec(measure) ?? [];
        const name = `${MEASURES[base]}${phase ? `.l${phase}` : ''}`;
        const point = points.find((one) => one.name === name);
        if (point === undefined) continue;
        compared++;
        expect(point.register, `${theirs} ${measure}`).toBe(Number(register));
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});
