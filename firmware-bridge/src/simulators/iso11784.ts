/**
 * A reader of PIT tags at Sigillstad's fish ladder. Two antennas, the lower and the upper; a fish that climbs passes both,
 * one that turns back is seen at the lower alone. The same sixty fish come back again and again. Their tags are of code
 * 999, which ISO 11784 keeps for tests.
 * @module
 */
import { formatTransponder } from '../identifiers/index.ts';
import type { SimulatedDevice, SimulatorOptions } from './device.ts';
import { noise } from './random.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
// One that is asked again after long tells what happened lately, not all that happened since.
const LONGEST_MEMORY = MINUTE;
const SECOND = 1000;
const FISH = 60;
const TEST_CODE = 999;
const READER = '01';
// Channels of the noise.
const [COMES, WHO, WHEN, CLIMBS, TURNS, DWELLS] = [2201, 2202, 2203, 2204, 2205, 2206];

interface Sighting {
  readonly ms: number;
  readonly antenna: 1 | 2;
  readonly fish: number;
}

export function createTagReader({ seed, options = {} }: SimulatorOptions): SimulatedDevice {
  const say = DIALECTS[options.dialect ?? 'biomark'] ?? biomark;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    speak(ms) {
      const from = Math.max(lastMs, ms - (lastMs < ms - LONGEST_MEMORY ? SECOND : LONGEST_MEMORY));
      lastMs = ms;
      const events: { readonly ms: number; readonly bytes: Uint8Array }[] = [];
      for (let minute = Math.floor(from / MINUTE); minute <= Math.floor(ms / MINUTE); minute++)
        for (const sighting of sightingsOf(seed, minute))
          events.push({ ms: sighting.ms, bytes: say(tagOf(seed, sighting.fish), sighting) });
      const hour = Math.floor(ms / HOUR) * HOUR;
      if (say === biomark) events.push({ ms: hour, bytes: statusAt(hour) });
      return events
        .filter((event) => event.ms > from && event.ms <= ms)
        .sort((a, b) => a.ms - b.ms)
        .map(({ bytes }) => ({ bytes }));
    },
    hear: () => [],
  };
}

/** Which fish were seen where in a minute; a passage begins and ends within it. */
export function sightingsOf(seed: number, minute: number): readonly Sighting[] {
  if (noise(seed, COMES, minute) < 0.35) return [];
  const fish = Math.floor(noise(seed, WHO, minute) * FISH);
  const start = minute * MINUTE + Math.floor(noise(seed, WHEN, minute) * 20_000);
  const stays = 1 + Math.floor(noise(seed, DWELLS, minute) * 3);
  const lower = Array.from(
    { length: stays },
    (_, i): Sighting => ({ ms: start + i * 700, antenna: 1, fish }),
  );
  if (noise(seed, TURNS, minute) < 0.2) return lower;
  const climb = 8000 + Math.floor(noise(seed, CLIMBS, minute) * 25_000);
  return [...lower, { ms: start + climb, antenna: 2, fish }];
}

function tagOf(seed: number, fish: number): { decimal: string; dotHex: string } {
  const id = 1_000_000 * (seed >>> 0) + 752_000 + fish;
  return formatTransponder({
    country: TEST_CODE,
    id: id % 2 ** 38,
    flags: null,
    technology: 'FDX-B',
  });
}

type Say = (tag: { decimal: string; dotHex: string }, sighting: Sighting) => Uint8Array;

const biomark: Say = ({ dotHex }, { ms, antenna }) =>
  ascii(`TAG: ${READER} 0${antenna} ${americanTime(ms)} ${dotHex}\r\n`);

const DIALECTS: Readonly<Record<string, Say>> = {
  biomark,
  allflex: ({ decimal }) => ascii(`LA ${decimal.slice(0, 3)} ${decimal.slice(3)}\r\n`),
  wl134({ dotHex }) {
    const [country = '', id = ''] = dotHex.split('.');
    const body = ascii(`${backwards(id)}${backwards(`0${country}`)}01${'0'.repeat(10)}`);
    const sum = body.reduce((x, byte) => x ^ byte, 0);
    return Uint8Array.of(0x02, ...body, sum, sum ^ 0xff, 0x03);
  },
};

function statusAt(ms: number): Uint8Array {
  return ascii(`MSG: ${READER} 00 ${americanTime(ms)} Hourly Report: Antennas In Tune\r\n`);
}

/** In UTC: the reader's zone is set so. */
function americanTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().slice(0, -1).split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time}`;
}

function backwards(digits: string): string {
  return Array.from(digits).reverse().join('');
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
