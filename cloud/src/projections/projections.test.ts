import { formatDecimal, parseDecimal, type Reading, type StreamVerdict } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { EARTH_RADIUS_MM } from './earth.ts';
import { computeNumber, findProjection, PROJECTIONS, recomputeWith } from './registry.ts';

type Told = Readonly<Record<string, readonly [value: string, unit: string | null]>>;

const PERIOD = { from: 1000, to: 2_000_000_000 };

/** Numbers from 0; `bounds` of them stand before the period and behind it. */
function streamOf(
  told: readonly Told[],
  bounds = { before: 0, after: 0 },
  device = 'd',
): StreamVerdict {
  const readings = told.map(
    (fields, n): Reading => ({
      ...{ agent: new Uint8Array(16), seq: n, source: 's', device, n, kind: 'meter' },
      time: n < bounds.before ? 0 : PERIOD.from + n * 1000,
      clock: { quality: 2, maxErrorMs: 1, deviceTime: null, uptimeMs: 0 },
      origin: { driver: 'test', frameHash: null },
      fields: Object.entries(fields).map(([name, [value, unit]]) => ({
        ...{ name, unit, code: null },
        value: unit === null ? value : parseDecimal(value),
      })),
      salt: new Uint8Array(16),
    }),
  );
  const count = told.length - bounds.before - bounds.after;
  return { source: 's', device, first: bounds.before, count, readings, holes: [] };
}

function run(name: string, assumptions: object, ...streams: StreamVerdict[]): string {
  const projection = findProjection(name);
  if (projection === null) throw new Error(name);
  const { value, unit } = projection.project(streams, PERIOD, JSON.stringify(assumptions));
  return `${value} ${unit}`;
}

/** Reproducible; its seed stands in every failure. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe('consumption@v1', () => {
  const register = 'energy.import';
  const kwh = (...values: string[]) =>
    values.map((value): Told => ({ [register]: [value, 'kWh'] }));
  const consume = (...streams: StreamVerdict[]) =>
    run('consumption@v1', { device: 'd', register }, ...streams);

  it('is what the register counted from the reading before the period to the last in it', () => {
    const stream = streamOf(kwh('100.250', '100.500', '101.000', '250.000'), {
      before: 1,
      after: 1,
    });
    expect(consume(stream)).toBe('0.750 kWh');
  });

  it('begins with the first in the period where what bounds it tells no register', () => {
    const stream = streamOf([{}, ...kwh('7.5', '8.25')], { before: 1, after: 0 });
    expect(consume(stream)).toBe('0.75 kWh');
  });

  it('adds up: days laid end to end count what the register counted over all of them', () => {
    const random = randomFrom(seed);
    let value = random(1_000_000);
    const values = Array.from({ length: 40 }, () => {
      value += random(5000);
      return (value / 1000).toFixed(3);
    });
    const cut = 5 + random(30);
    const all = consume(streamOf(kwh(...values), { before: 1, after: 0 }));
    const first = consume(streamOf(kwh(...values.slice(0, cut)), { before: 1, after: 0 }));
    const second = consume(streamOf(kwh(...values.slice(cut - 1)), { before: 1, after: 0 }));
    const mwh = (text: string) => Math.round(Number.parseFloat(text) * 1000);
    expect(mwh(first) + mwh(second), `seed ${seed}`).toBe(mwh(all));
  });

  it('keeps the finer scale, and every digit beyond what a double holds', () => {
    expect(consume(streamOf(kwh('1.5', '3')))).toBe('1.5 kWh');
    expect(consume(streamOf(kwh('90071992547409930.001', '90071992547409930.004')))).toBe(
      '0.003 kWh',
    );
  });

  it.each([
    ['the register falls', kwh('100.5', '3.2'), 'falls from 100.5 to 3.2'],
    ['the register falls and rises beyond', kwh('5', '4', '9'), 'was exchanged'],
    [
      'the unit changes',
      [{ [register]: ['1', 'kWh'] }, { [register]: ['2000', 'Wh'] }],
      'unit changes',
    ],
    [
      'the device says that it is another',
      [
        { [register]: ['1', 'kWh'], 'device.id': ['A', null] },
        { [register]: ['2', 'kWh'], 'device.id': ['B', null] },
      ],
      'meter changes',
    ],
    ['the register is told once', kwh('5'), 'not told twice'],
    ['the register is a text', [{ [register]: ['much', null] }], 'no number with a unit'],
  ] as const)('gives no number where %s', (_, told, reason) => {
    expect(() => consume(streamOf(told as readonly Told[]))).toThrow(reason);
  });

  it('does not look behind the period: a meter exchanged the day after changes nothing', () => {
    expect(consume(streamOf(kwh('1', '2', '0'), { before: 0, after: 1 }))).toBe('1 kWh');
  });
});

describe('sightings@v1 and visits@v1', () => {
  const tag = (id: string): Told => ({ 'tag.id': [id, null] });

  it('count readings with a tag, and rows of them without a long silence', () => {
    // One reading a second: A A B – A B, then A behind the period.
    const stream = streamOf([tag('A'), tag('A'), tag('B'), {}, tag('A'), tag('B'), tag('A')], {
      before: 0,
      after: 1,
    });
    expect(run('sightings@v1', { device: 'd' }, stream)).toBe('5 1');
    expect(run('visits@v1', { device: 'd', visitMs: 3000 }, stream)).toBe('2 1');
    expect(run('visits@v1', { device: 'd', visitMs: 2999 }, stream)).toBe('4 1');
  });

  it('count as a plain second count does', () => {
    const random = randomFrom(seed);
    const tags = Array.from({ length: 200 }, () => 'ABCDE'[random(8)] ?? null);
    const stream = streamOf(tags.map((id) => (id === null ? {} : tag(id))));
    const rows = 'ABCDE'.split('').flatMap((id) => {
      const at = tags.flatMap((one, n) => (one === id ? [n] : []));
      return at.filter((n, i) => i === 0 || n - (at[i - 1] as number) > 7);
    });
    expect(run('visits@v1', { device: 'd', visitMs: 7000 }, stream), `seed ${seed}`).toBe(
      `${rows.length} 1`,
    );
  });
});

describe('track-length@v1', () => {
  const at = (latitude: string, longitude: string): Told => ({
    'position.latitude': [latitude, 'lat'],
    'position.longitude': [longitude, 'lon'],
  });
  const length = (told: readonly Told[], decimals = 0, bounds = { before: 0, after: 0 }) =>
    run(
      'track-length@v1',
      { device: 'd', radiusMm: EARTH_RADIUS_MM, decimals },
      streamOf(told, bounds),
    );

  it('is a quarter of a great circle from the equator to the pole, and half of it between antipodes', () => {
    // R·π/2 = 10,007,557.22 m and R·π, with R = 6,371,008.8 m.
    expect(length([at('0', '0'), at('90', '0')])).toBe('10007557 m');
    expect(length([at('0', '0'), at('0', '180')])).toBe('20015114 m');
    expect(length([at('45', '-90'), at('-45', '90')], 2)).toBe('20015114.44 m');
  });

  it('leads on from the position before the period, and leaves out the one behind it', () => {
    const track = [at('0', '0'), at('0', '1'), at('0', '2'), at('0', '9')];
    expect(length(track, 0, { before: 1, after: 1 })).toBe('222390 m');
  });

  it('is nothing where nobody moves, and small where somebody hardly does', () => {
    expect(length([at('59.33', '18.06'), at('59.33', '18.06')], 3)).toBe('0.000 m');
    expect(length([at('59.3300000', '18.06'), at('59.3300001', '18.06')], 3)).toBe('0.011 m');
  });

  it('leaves out a receiver without a fix', () => {
    expect(length([at('0', '0'), at('91', '181'), {}, at('0', '1')])).toBe('111195 m');
  });

  it('agrees with a plain haversine in floating point, wherever the track goes', () => {
    const random = randomFrom(seed);
    const places = Array.from({ length: 60 }, () => [
      (random(180_000_000) - 90_000_000) / 1e6,
      (random(360_000_000) - 180_000_000) / 1e6,
    ]) as [number, number][];
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    let plain = 0;
    for (const [i, [lat, lon]] of places.entries()) {
      const [lat0, lon0] = places[i - 1] ?? [lat, lon];
      const h =
        Math.sin(radians(lat - lat0) / 2) ** 2 +
        Math.cos(radians(lat0)) * Math.cos(radians(lat)) * Math.sin(radians(lon - lon0) / 2) ** 2;
      plain += 2 * (EARTH_RADIUS_MM / 1000) * Math.asin(Math.sqrt(h));
    }
    const told = places.map(([lat, lon]) => at(lat.toFixed(6), lon.toFixed(6)));
    expect(Number.parseFloat(length(told, 3)), `seed ${seed}`).toBeCloseTo(plain, 1);
  });

  it('gives no number from one position', () => {
    expect(() => length([at('1', '1')])).toThrow('fewer than two');
  });
});

describe('highest-level@v1', () => {
  const bin = { device: 'd', emptyMm: 1400, fullMm: 250, decimals: 1 };
  const mm = (...values: string[]) => values.map((value): Told => ({ distance: [value, 'mm'] }));

  it('is the least distance as per cent of the bin, halves up', () => {
    expect(run('highest-level@v1', bin, streamOf(mm('900', '560.5', '1300')))).toBe('73.0 %');
    expect(run('highest-level@v1', { ...bin, decimals: 3 }, streamOf(mm('560.5')))).toBe(
      '73.000 %',
    );
    const half = { ...bin, emptyMm: 2000, fullMm: 0 };
    expect(run('highest-level@v1', half, streamOf(mm('1989')))).toBe('0.6 %');
  });

  it('ends at empty and at full', () => {
    expect(run('highest-level@v1', bin, streamOf(mm('90')))).toBe('100.0 %');
    expect(run('highest-level@v1', bin, streamOf(mm('2000')))).toBe('0.0 %');
  });

  it('takes a level as the sensor told it, in either unit', () => {
    const told = [{ level: ['41.25', '%'] }, { level: ['0.5', '/'] }] as unknown as readonly Told[];
    expect(run('highest-level@v1', bin, streamOf(told))).toBe('50.0 %');
  });

  it('gives no number without a level, or for a bin that is upside down', () => {
    expect(() => run('highest-level@v1', bin, streamOf([{}]))).toThrow('no level');
    expect(() => run('highest-level@v1', { ...bin, fullMm: 1400 }, streamOf(mm('5')))).toThrow(
      'below',
    );
    const odd = [{ distance: ['3', 'furlong'] }] as unknown as readonly Told[];
    expect(() => run('highest-level@v1', bin, streamOf(odd))).toThrow('not known');
  });

  it('is as high as the highest of all its readings taken alone', () => {
    const random = randomFrom(seed);
    const values = Array.from({ length: 50 }, () => (random(16_000) / 10).toFixed(1));
    const alone = values.map((value) =>
      Number.parseFloat(run('highest-level@v1', bin, streamOf(mm(value)))),
    );
    const all = Number.parseFloat(run('highest-level@v1', bin, streamOf(mm(...values))));
    expect(all, `seed ${seed}`).toBe(Math.max(...alone));
  });
});

describe('every projection', () => {
  const assumptions: Readonly<Record<string, object>> = {
    'consumption@v1': { device: 'd', register: 'energy.import' },
    'sightings@v1': { device: 'd' },
    'visits@v1': { device: 'd', visitMs: 1 },
    'track-length@v1': { device: 'd', radiusMm: 1, decimals: 0 },
    'highest-level@v1': { device: 'd', emptyMm: 2, fullMm: 1, decimals: 0 },
  };

  it('is named with its version, each once', () => {
    expect(PROJECTIONS.map(({ name }) => name)).toEqual(Object.keys(assumptions));
    for (const { name } of PROJECTIONS) expect(name).toMatch(/^[a-z-]+@v\d+$/);
    expect(findProjection('consumption')).toBeNull();
  });

  it.each(Object.entries(assumptions))(
    '%s takes its assumptions in one form only',
    (name, given) => {
      const projection = findProjection(name);
      const stream = streamOf([]);
      const text = JSON.stringify(given);
      const reversed = JSON.stringify(Object.fromEntries(Object.entries(given).toReversed()));
      const others = [
        ...[
          '',
          '{}',
          'null',
          '[]',
          `${text} `,
          text.replace('{', '{ '),
          text.replace('}', ',"x":1}'),
        ],
        ...(reversed === text ? [] : [reversed]),
        JSON.stringify({ ...given, device: 5 }),
      ];
      for (const other of others)
        expect(() => projection?.project([stream], PERIOD, other), other).toThrow('assumptions');
      const elsewhere = JSON.stringify({ ...given, device: 'elsewhere' });
      expect(() => projection?.project([stream], PERIOD, elsewhere)).toThrow('no stream of device');
    },
  );

  it('is run again by name, and unknown ones are told apart from wrong ones', () => {
    const recompute = recomputeWith(PROJECTIONS);
    const stream = streamOf([{ 'tag.id': ['A', null] }]);
    const projection = findProjection('sightings@v1');
    if (projection === null) throw new Error('there is one');
    const number = computeNumber(projection, '{"device":"d"}', [stream], PERIOD);
    expect(number).toEqual({
      ...{ value: '1', unit: '1', projection: 'sightings@v1', assumptions: '{"device":"d"}' },
    });
    expect(recompute(number, [stream], PERIOD)).toEqual({ value: '1', unit: '1' });
    expect(recompute({ ...number, projection: 'sightings@v9' }, [stream], PERIOD)).toBeNull();
    expect(formatDecimal(parseDecimal(number.value))).toBe('1');
  });
});
