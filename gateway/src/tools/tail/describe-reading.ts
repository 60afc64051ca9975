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

export function describeReading(reading: ToldReading, colour: boolean): string {
  const { time, source, device, n, kind, fields } = reading;
  const told = Object.entries(fields);
  // Measured values before texts: a meter tells its model in every telegram.
  const ordered = [
    ...told.filter(([, { value, unit }]) => unit !== null && NUMBER.test(value)),
    ...told.filter(([, { value, unit }]) => unit === null || !NUMBER.test(value)),
  ];
  const shown = ordered
    .slice(0, SHOWN_FIELDS)
    .map(([name, { value, unit }]) => `${name} ${unit === null ? value : `${value} ${unit}`}`);
  const more = told.length > SHOWN_FIELDS ? ` +${told.length - SHOWN_FIELDS}` : '';
  const clock = reading.clockQuality >= 2 && reading.clockQuality !== 3 ? '' : '?';
  const head = `${time.slice(11, 23)}${clock}  ${source}${device === '' ? '' : ` ${short(device)}`} #${n}`;
  const line = `${head}  ${kind}  ${shown.join('  ')}${more}`.trimEnd();
  const code = COLOURS[kind];
  return colour && code !== undefined ? `\u001b[${code}m${line}\u001b[0m` : line;
}

function short(device: string): string {
  return device.length <= 16 ? device : `…${device.slice(-15)}`;
}
