import { parseDecimal, type Reading, type StreamVerdict } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { toShownStream } from './shown-stream.ts';

const START = 1_790_000_000_000;

const field = (name: string, value: string, unit: string | null = null) => ({
  ...{ name, unit, code: null },
  value: parseDecimal(value),
});

function reading(n: number, changes: Partial<Reading> = {}): Reading {
  return {
    ...{ agent: new Uint8Array(16), seq: n, source: 'house-17', device: 'm', n, kind: 'meter' },
    time: START + n * 1000,
    clock: { quality: 2, maxErrorMs: 200, deviceTime: null, uptimeMs: 0 },
    origin: { driver: 'dsmr-p1', frameHash: null },
    fields: [field('energy.import', `${n}.50`, 'kWh'), field('power.import', '1.2', 'kW')],
    salt: new Uint8Array(16),
    ...changes,
  };
}

function stream(count: number, changes: Partial<StreamVerdict> = {}): StreamVerdict {
  const readings = Array.from({ length: count }, (_, n) => reading(n));
  return { source: 'house-17', device: 'm', first: 0, count, readings, holes: [], ...changes };
}

describe('a stream as it is shown', () => {
  it('counts what lies in it, and not the readings that only bound its period', () => {
    const readings = [2, 3, 4, 5].map((n) => reading(n));
    const shown = toShownStream(stream(2, { first: 3, readings }));
    expect(shown).toMatchObject({ present: 2, firstTime: START + 3000, lastTime: START + 4000 });
    expect(shown.rows.map(({ n }) => n)).toEqual([3, 4]);
  });

  it('tells holes that follow on each other in one, apart by their reason', () => {
    const [lost, erased] = [null, 'asked for'];
    const holes = [
      ...[4, 5, 6].map((n) => ({ n, erased: lost })),
      ...[7, 9].map((n) => ({ n, erased })),
    ];
    const shown = toShownStream(stream(20, { holes }));
    expect(shown.holes).toEqual([
      { from: 4, to: 6, erased: lost },
      { from: 7, to: 7, erased },
      { from: 9, to: 9, erased },
    ]);
  });

  it('stays small however many there are: the ends of the table, a curve of its extremes', () => {
    const shown = toShownStream(
      stream(10_000, {
        holes: Array.from({ length: 200 }, (_, n) => ({ n: 2 * n, erased: null })),
      }),
    );
    expect(shown.rows.map(({ n }) => n).filter((n) => n > 24 && n < 9975)).toEqual([]);
    expect([shown.holes.length, shown.holeRuns]).toEqual([50, 200]);
    expect(shown.curve?.points.length).toBeLessThanOrEqual(300);
    expect([shown.curve?.low, shown.curve?.high]).toEqual([0.5, 9999.5]);
  });

  it('keeps the device’s digits in the table, and the sum before the moment', () => {
    const { columns, rows } = toShownStream(stream(3));
    expect(columns.map(({ name }) => name)).toEqual(['energy.import', 'power.import']);
    expect(rows[2]?.values).toEqual(['2.50', '1.2']);
  });

  it('tells the silences that the agent told, and draws no value for them', () => {
    const told = [field('gap.count', '12'), field('gap.from', '1000'), field('gap.to', '5000')];
    const cause = { name: 'gap.cause', value: 'power', unit: null, code: null };
    const gap = reading(1, { kind: 'gap', fields: [cause, ...told] });
    const shown = toShownStream(stream(3, { readings: [reading(0), gap, reading(2)] }));
    expect(shown.gaps).toEqual([{ from: 1000, to: 5000, count: '12', cause: 'power' }]);
    expect(shown.rows[1]).toMatchObject({ kind: 'gap', values: [null, null] });
  });

  it('breaks its curve where a reading is missing', () => {
    const readings = [0, 1, 4, 5].map((n) => reading(n));
    const { curve } = toShownStream(stream(6, { readings }));
    expect(curve?.points.map(({ broken }) => broken)).toEqual([false, false, true, false]);
  });
});
