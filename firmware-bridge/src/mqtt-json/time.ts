/**
 * Times as devices put them into JSON.
 * @module
 */
import { createP1Clock } from '../energy/dsmr-p1/p1-time.ts';
import { DriverError } from '../errors.ts';
import { isNumber, type JsonValue, toDecimal } from '../json/json.ts';

/** Ms since the epoch; null if it is none, or could be two. */
export type TimeReader = (value: JsonValue) => number | null;

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i;
// A clock that was never set says 1970; no device here is older.
const OLDEST = Date.UTC(2000, 0, 1);
const NEWEST = Date.UTC(2100, 0, 1);

/**
 * `iso`: RFC 3339; without an offset it needs the zone. `unix`, `unixms`: seconds, milliseconds since 1970.
 * @throws DriverError OPTION_INVALID
 */
export function createTimeReader(format: string, zone: string): TimeReader {
  if (format === 'iso') return isoReader(zone);
  if (format === 'unix') return (value) => plausible(toMs(value, 3));
  if (format === 'unixms') return (value) => plausible(toMs(value, 0));
  throw new DriverError('OPTION_INVALID', `a time is iso, unix or unixms, not ${format}`);
}

function isoReader(zone: string): TimeReader {
  const local = zone === '' ? null : clockOf(zone);
  return (value) => {
    const match = typeof value === 'string' ? ISO.exec(value) : null;
    if (!match) return null;
    const [, date = '', time = '', fraction = '', offset = ''] = match;
    const seconds = time.length === 5 ? `${time}:00` : time;
    const ms = Math.floor(Number(`0${fraction || '.0'}`) * 1000);
    if (offset === '') {
      const whole = local?.(`${date.slice(2)}${seconds}`.replace(/[-:]/g, '')) ?? null;
      return date.startsWith('20') && whole !== null ? plausible(whole + ms) : null;
    }
    const colon = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
    return plausible(Date.parse(`${date}T${seconds}${colon.toUpperCase()}`) + ms);
  };
}

function clockOf(zone: string) {
  try {
    return createP1Clock(zone);
  } catch {
    throw new DriverError(
      'OPTION_INVALID',
      `zone ${zone} is no IANA time zone, such as Europe/Brussels`,
    );
  }
}

function toMs(value: JsonValue, shift: number): number {
  const decimal = isNumber(value) ? toDecimal(value) : null;
  if (decimal === null) return Number.NaN;
  return Math.floor(Number(decimal.mantissa) * 10 ** (decimal.exponent + shift));
}

function plausible(ms: number): number | null {
  return ms >= OLDEST && ms < NEWEST ? ms : null;
}
