/** A town as a server would tell it: a meter with its gas, fish at a ladder, a pallet at a gate, a fox, a bin. */
import { findStreet } from '@sigill/firmware-bridge/town';
import type { Reading, ReadingField, Series, Stream, StreamField } from '../src/api/model.ts';
import { AGENT, ORIGIN } from './page-fixture.ts';

const field = (name: string, value: string, unit: string | null = null): ReadingField => ({
  ...{ name, value, unit },
  code: null,
});

interface Said {
  readonly source: string;
  readonly device?: string;
  readonly kind: string;
  readonly secondsAgo: number;
  readonly fields: readonly ReadingField[];
}

export interface Town {
  readonly streams: Stream[];
  /** Newest first. */
  readonly readings: Reading[];
  readonly series: (field: string, from: number, to: number) => Series;
  /** A further reading, now. */
  say(said: Omit<Said, 'secondsAgo'>, time: number): Reading;
}

export const fishTag = (fish: number): readonly ReadingField[] => [
  field('tag.id', `99900000175${2000 + fish}`),
  field('tag.pit', `3E7.00001ABC${20 + fish}`),
  field('tag.antenna', fish % 2 === 0 ? '2' : '1'),
];

// EPC Tag Data Standard: an SSCC of GS1's demonstration prefix, filter 6; and cases of one article.
const PALLET = '31D44C83C0'.padEnd(24, '0');
const caseTag = (n: number) => `30541B0E10A2F8C0000000${(16 + n).toString(16)}`.toUpperCase();

/** @param entries how many seals the log has; each holds ten readings */
export function createTown(now: number): Town {
  const said: Said[] = [
    ...every(60, 1, (i) => ({
      ...{ source: 'house-17', device: 'E0047000021', kind: 'meter' },
      fields: [
        field('power.import', (1.2 + Math.sin(i / 9) / 3).toFixed(3), 'kW'),
        field('energy.import', `12345.${String(900 - i)}`, 'kWh'),
      ],
    })),
    ...every(2, 300, (i) => ({
      ...{ source: 'house-17', device: 'G0051', kind: 'meter' },
      fields: [field('gas.volume', `3021.${455 - i}`, 'm3')],
    })),
    ...every(30, 70, (i) => ({
      ...{ source: 'fish-ladder', device: '01', kind: 'tag', fields: fishTag(i >> 1) },
    })),
    ...every(12, 0.2, (i) => ({
      ...{ source: 'store-gate', kind: 'tag' },
      fields: [
        field('tag.id', i === 5 ? PALLET : caseTag(i)),
        field('tag.antenna', String(1 + (i % 2))),
        field('signal.strength', String(-50 - i), 'dBm'),
      ],
    })),
    ...every(40, 600, (i) => {
      const { line } = findStreet('Skogsstigen');
      const [from, to] = [line[(i >> 2) % 8], line[((i >> 2) % 8) + 1]];
      const part = (i % 4) / 4;
      const along = (key: 'latitude' | 'longitude') =>
        ((from?.[key] ?? 0) * (1 - part) + (to?.[key] ?? 0) * part).toFixed(7);
      return {
        ...{ source: 'fox-collar', device: '24e124c000000001', kind: 'position' },
        fields: [
          field('position.latitude', along('latitude'), 'lat'),
          field('position.longitude', along('longitude'), 'lon'),
          field('position.accuracy', '25', 'm'),
          field('battery.level', '87', '%'),
        ],
      };
    }),
    ...every(20, 600, (i) => ({
      ...{ source: 'bin-7', device: '24e124b000000007', kind: 'level' },
      fields: [
        field('distance', String(560 + 18 * i), 'mm'),
        field('temperature', '8.4', 'Cel'),
        field('battery.level', '94', '%'),
      ],
    })),
  ];
  const numbers = new Map<string, number>();
  let seq = 0;
  const read = ({ source, device = '', kind, fields }: Omit<Said, 'secondsAgo'>, time: number) => {
    const key = `${source} ${device}`;
    const n = numbers.get(key) ?? 0;
    numbers.set(key, n + 1);
    seq++;
    return {
      ...{ agent: AGENT, seq, n, source, device, kind, time, fields },
      ...{ origin: ORIGIN, entry: Math.floor(seq / 10), state: 'sealed' as const },
    };
  };
  const readings = said
    .toSorted((a, b) => b.secondsAgo - a.secondsAgo)
    .map((one) => read(one, now - one.secondsAgo * 1000))
    .toReversed();
  return {
    streams: streamsOf(readings),
    readings,
    series: (name, from, to) => seriesOf(name, from, to),
    say: read,
  };
}

const every = (
  count: number,
  seconds: number,
  say: (i: number) => Omit<Said, 'secondsAgo'>,
): Said[] => Array.from({ length: count }, (_, i) => ({ ...say(i), secondsAgo: 3 + i * seconds }));

function streamsOf(readings: readonly Reading[]): Stream[] {
  const streams = new Map<string, Stream>();
  for (const { agent, source, device, kind, fields } of readings) {
    const known = streams.get(`${source} ${device}`);
    if (known !== undefined) continue;
    const names: StreamField[] = fields.map(({ name, unit }) => ({ name, unit }));
    streams.set(`${source} ${device}`, {
      ...{ agent, source, device, kind, origin: ORIGIN },
      fields: names,
    });
  }
  return [...streams.values()].toSorted((a, b) => (a.source < b.source ? -1 : 1));
}

const POINTS = 120;

function seriesOf(name: string, from: number, to: number): Series {
  const times = Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / POINTS);
  const values = times.map((_, i) =>
    name === 'distance' ? 1400 - ((i * 11 + 500) % 1100) : 1.2 + Math.sin(i / 7) / 2,
  );
  return { unit: name === 'distance' ? 'mm' : 'kW', times, values, low: values, high: values };
}
