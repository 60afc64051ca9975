/**
 * A reader's clock: month, day and year in American order, without a zone. Where the zone is not told, it is no instant.
 * @module
 */
import { createZone } from '../../energy/dsmr-p1/p1-time.ts';

/** Ms since the epoch; null for a time that cannot be, or could be two, or whose zone nobody told. */
export type ReaderClock = (text: string) => number | null;

const TIME = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?$/;
const DAY = 86_400_000;

/** @param zone an IANA name; '' where nobody told. @throws RangeError for a zone the runtime does not know */
export function createReaderClock(zone: string): ReaderClock {
  if (zone === '') return () => null;
  const offsetAt = createZone(zone);
  return (text) => {
    const local = localTime(text);
    if (local === null) return null;
    // The offsets of the day before and the day after are all there can be in between.
    const offsets = new Set([offsetAt(local - DAY), offsetAt(local + DAY)]);
    const instants = [...offsets]
      .map((offset) => local - offset)
      .filter((instant) => instant + offsetAt(instant) === local);
    return instants.length === 1 ? (instants[0] ?? null) : null;
  };
}

function localTime(text: string): number | null {
  const [matched, month, day, year, hour, minute, second, fraction = ''] = TIME.exec(text) ?? [];
  if (!matched || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(year) < 1970) return null;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(midnight);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  const whole = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return midnight + whole * 1000 + Number(fraction.padEnd(3, '0'));
}
