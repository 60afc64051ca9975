/**
 * Times as P1 meters write them: YYMMDDhhmmss and S (summer), W (winter) or nothing, in the meter's zone.
 * A time that cannot be, or could be two, is null.
 * @module
 */

/** Ms since the epoch. */
export type P1Clock = (text: string) => number | null;

const TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SWsw]?)$/;
// Offsets change on quarter hours at most, and on few days a year. A telegram of Flanders asks for 27 days.
const DAY = 86_400_000;
const QUARTER = 900_000;
const MOST_REMEMBERED = 256;

/** @throws RangeError for a zone the runtime does not know */
export function createP1Clock(zone: string): P1Clock {
  const offsetAt = createZone(zone);
  return (text) => {
    const match = TIME.exec(text);
    if (match === null) return null;
    const local = localTime(match.slice(1, 7).map(Number));
    if (local === null) return null;
    const { standard, summer } = offsetsAround(local, offsetAt);
    switch (match[7]) {
      // Swedish meters stay in winter time all year, so W says its offset in July too.
      case 'W':
      case 'w':
        return local - standard;
      // Summer time outside summer is a contradiction, and which half of it is wrong is not for us to say.
      case 'S':
      case 's':
        return summer !== standard && offsetAt(local - summer) === summer ? local - summer : null;
      default:
        return unmarked(local, standard, summer, offsetAt);
    }
  };
}

/** Without a mark: the one instant at which the zone's clocks show this time; null in the hour that comes twice or never. */
function unmarked(
  local: number,
  standard: number,
  summer: number,
  offsetAt: (ms: number) => number,
): number | null {
  const instants = [...new Set([standard, summer])]
    .filter((offset) => offsetAt(local - offset) === offset)
    .map((offset) => local - offset);
  return instants.length === 1 ? (instants[0] as number) : null;
}

/** The digits as if they were UTC; null for 31 February, and for 1970, which an unset or absent meter sends. */
function localTime(parts: readonly number[]): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  if (year >= 70) return null;
  const ms = Date.UTC(2000 + year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  const same =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return same ? ms : null;
}

function offsetsAround(local: number, offsetAt: (ms: number) => number) {
  const year = new Date(local).getUTCFullYear();
  const january = offsetAt(Date.UTC(year, 0, 2));
  const july = offsetAt(Date.UTC(year, 6, 2));
  return { standard: Math.min(january, july), summer: Math.max(january, july) };
}

/** How far a zone's clocks are ahead of UTC, in ms, at an instant. @throws RangeError for an unknown zone */
export function createZone(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const ask = (at: number): number => {
    const part = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, Number(p.value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute) - at;
  };
  const atMidnight = remembering((day) => ask(day * DAY));
  const atQuarter = remembering((quarter) => ask(quarter * QUARTER));
  return (ms) => {
    const day = Math.floor(ms / DAY);
    const offset = atMidnight(day);
    return offset === atMidnight(day + 1) ? offset : atQuarter(Math.floor(ms / QUARTER));
  };
}

function remembering(answer: (question: number) => number): (question: number) => number {
  const answers = new Map<number, number>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined) return known;
    if (answers.size >= MOST_REMEMBERED) answers.clear();
    const found = answer(question);
    answers.set(question, found);
    return found;
  };
}
