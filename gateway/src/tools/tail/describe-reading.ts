/**
 * A reading on one line, for the eye: time, source, device, what it says.
 * @module
 */
import type { ToldReading } from '@sigill/edge';

const COLOURS: Readonly<Record<string, number>> = {
  gap: 31,
  heartbeat: 90,
  plan: 90,
  boot: 36,
  clock: 90,
};
// More does not fit beside time and source on a phone held sideways; --json has all.
const SHOWN_FIELDS = 4;
const NUMBER = /^-?\d/;
// What one looks for first, in this order; then other measured values, then texts such as a meter's model.
const FIRST =
  /^(power\.import|energy\.import\.?t?1?|tag\.id|level|weight\.net|weight\.gross|position\.(latitude|longitude)|gap\.cause)$/;

export function describeReading(reading: ToldReading, colour: boolean): string {
  const { time, source, device, n, kind, fields } = reading;
  const told = Object.entries(fields);
  const ordered = told
    .map(([name, field]) => ({ name, ...field, rank: rankOf(name, field) }))
    .sort((left, right) => left.rank - right.rank);
  const shown = ordered
    .slice(0, SHOWN_FIELDS)
    .map(({ name, value, unit }) => `${name} ${unit === null ? value : `${value} ${unit}`}`);
  const more = told.length > SHOWN_FIELDS ? ` +${told.length - SHOWN_FIELDS}` : '';
  const clock = reading.clockQuality >= 2 && reading.clockQuality !== 3 ? '' : '?';
  const head = `${time.slice(11, 23)}${clock}  ${source}${device === '' ? '' : ` ${short(device)}`} #${n}`;
  const line = `${head}  ${kind}  ${shown.join('  ')}${more}`.trimEnd();
  const code = COLOURS[kind];
  return colour && code !== undefined ? `\u001b[${code}m${line}\u001b[0m` : line;
}

function rankOf(name: string, { value, unit }: ToldReading['fields'][string]): number {
  if (FIRST.test(name)) return 0;
  return unit !== null && NUMBER.test(value) ? 1 : 2;
}

function short(device: string): string {
  return device.length <= 16 ? device : `…${device.slice(-15)}`;
}
