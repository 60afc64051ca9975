/**
 * What one sentence says, by its type. Spec: NMEA 0183 4.11 §6, as the receivers' manuals give it; the word numbers are
 * those of the specification, and a field's code is its address and word: GPGGA.2.
 * @module
 */
import { parseDecimal } from '@sigill/evidence';
import type { ObservedField } from '../../driver.ts';
import { DecodeError } from '../../errors.ts';
import { LATITUDE, LONGITUDE, readDegrees } from './degrees.ts';
import type { SentDate } from './nmea-time.ts';
import type { Sentence } from './sentence.ts';

/** How a position came about. `valid`: the sentence does not say; none, manual and simulated are no measured position. */
export type Fix =
  | 'none'
  | 'valid'
  | 'single'
  | 'differential'
  | 'precise'
  | 'rtk'
  | 'rtk-float'
  | 'estimated'
  | 'manual'
  | 'simulated';

export interface Statement {
  readonly sentence: Sentence;
  readonly time: string | null;
  readonly date: SentDate | null;
  readonly fix: { readonly value: Fix; readonly code: string } | null;
  readonly fields: Readonly<Record<string, ObservedField>>;
}

const UNMEASURED: ReadonlySet<Fix> = new Set(['none', 'manual', 'simulated']);

export function isMeasured(fix: Fix): boolean {
  return !UNMEASURED.has(fix);
}

// Some receivers drop the zero before the point, or the digits behind it, but not both. Nine and nine digits fit a signed
// 64-bit number, which a reading keeps as a number.
const NUMBER = /^([+-]?)(?:(\d{1,9})(?:\.(\d{0,9}))?|\.(\d{1,9}))$/;
const GGA_FIXES: readonly Fix[] = [
  'none',
  'single',
  'differential',
  'precise',
  'rtk',
  'rtk-float',
  'estimated',
  'manual',
  'simulated',
];
const MODES: Readonly<Record<string, Fix>> = {
  A: 'single',
  D: 'differential',
  E: 'estimated',
  F: 'rtk-float',
  M: 'manual',
  N: 'none',
  P: 'precise',
  R: 'rtk',
  S: 'simulated',
};
// Of GNS, which has a mode for each constellation: the best that any of them gives.
const BEST_FIRST = ['R', 'F', 'P', 'D', 'A', 'E', 'M', 'S', 'N'];

type Reader = (say: Say, words: readonly string[]) => void;

/** Null: a sentence from which nothing is read. @throws DecodeError FRAME_SYNTAX */
export function readStatement(sentence: Sentence): Statement | null {
  const read = READERS[sentence.type];
  if (read === undefined) return null;
  const say = new Say(sentence);
  read(say, sentence.words);
  return say.statement();
}

/** Gathers what a sentence says. */
class Say {
  readonly #sentence: Sentence;
  readonly #fields: Record<string, ObservedField> = {};
  #time: string | null = null;
  #date: SentDate | null = null;
  #fix: Statement['fix'] = null;

  constructor(sentence: Sentence) {
    this.#sentence = sentence;
  }

  statement(): Statement {
    return {
      sentence: this.#sentence,
      time: this.#time,
      date: this.#date,
      fix: this.#fix,
      fields: this.#fields,
    };
  }

  word(index: number): string {
    return this.#sentence.words[index]?.trim() ?? '';
  }

  time(index: number): void {
    this.#time = this.word(index) || null;
  }

  date(text: string, day: string, month: string, year: string): void {
    if (day + month + year !== '') this.#date = { text, day, month, year };
  }

  fix(value: Fix, index: number): void {
    this.#fix = { value, code: this.#code(index) };
  }

  number(name: string, index: number, unit: string | null, negated = false): void {
    const word = this.word(index);
    if (word === '') return;
    const [matched, sign, whole = '0', behind, only] = NUMBER.exec(word) ?? [];
    if (matched === undefined)
      throw new DecodeError('FRAME_SYNTAX', `${this.#code(index)}: number expected, got ${word}`);
    const decimals = behind || only;
    const digits = `${sign}${whole}${decimals ? `.${decimals}` : ''}`;
    const { mantissa, exponent } = parseDecimal(digits);
    this.#put(name, { mantissa: negated ? -mantissa : mantissa, exponent }, unit, index);
  }

  text(name: string, index: number): void {
    if (this.word(index) !== '') this.#put(name, this.word(index), null, index);
  }

  /** Coordinates of a sentence that says they are measured; receivers without a fix send anything. */
  position(index: number): void {
    if (this.#fix === null || !isMeasured(this.#fix.value)) return;
    const words = [0, 1, 2, 3].map((i) => this.word(index + i)) as [string, string, string, string];
    if (words.every((word) => word === '')) return;
    const [latitude, north, longitude, east] = words;
    this.#put('position.latitude', readDegrees(latitude, north, LATITUDE), 'lat', index);
    this.#put('position.longitude', readDegrees(longitude, east, LONGITUDE), 'lon', index + 2);
  }

  #put(name: string, value: ObservedField['value'], unit: string | null, index: number): void {
    this.#fields[name] = { value, unit, code: this.#code(index) };
  }

  #code(index: number): string {
    return `${this.#sentence.address}.${index}`;
  }
}

const READERS: Readonly<Record<string, Reader>> = {
  GGA(say) {
    say.time(1);
    const quality = say.word(6);
    const fix = /^\d$/.test(quality) ? GGA_FIXES[Number(quality)] : undefined;
    if (fix) say.fix(fix, 6);
    say.position(2);
    say.number('position.satellites', 7, null);
    say.number('position.hdop', 8, null);
    if (say.word(10) !== 'f') say.number('position.altitude', 9, 'm');
    if (say.word(12) !== 'f') say.number('position.geoid', 11, 'm');
    say.number('other.nmea0183.correction-age', 13, 's');
    say.text('other.nmea0183.correction-station', 14);
  },
  GNS(say) {
    say.time(1);
    const modes = say.word(6);
    const best = BEST_FIRST.find((mode) => modes.includes(mode));
    if (best) say.fix(MODES[best] ?? 'none', 6);
    say.position(2);
    say.text('other.nmea0183.modes', 6);
    say.number('position.satellites', 7, null);
    say.number('position.hdop', 8, null);
    say.number('position.altitude', 9, 'm');
    say.number('position.geoid', 10, 'm');
    say.number('other.nmea0183.correction-age', 11, 's');
    say.text('other.nmea0183.correction-station', 12);
    say.text('other.nmea0183.navigation', 13);
  },
  RMC(say) {
    say.time(1);
    const date = say.word(9);
    say.date(date, date.slice(0, 2), date.slice(2, 4), date.slice(4));
    statusFix(say, 2, 12);
    say.position(3);
    say.number('speed', 7, '[kn_i]');
    say.number('course', 8, 'deg');
    say.number('other.nmea0183.variation', 10, 'deg', say.word(11) === 'W');
    say.text('other.nmea0183.navigation', 13);
  },
  GLL(say) {
    say.time(5);
    statusFix(say, 6, 7);
    say.position(1);
  },
  VTG(say, words) {
    // Before version 2 the words stood without their letters.
    const lettered = say.word(2) === 'T' || words.length > 5;
    const [course, magnetic, knots, metric] = lettered ? [1, 3, 5, 7] : [1, 2, 3, 4];
    const mode = MODES[say.word(9)];
    if (mode !== undefined && !isMeasured(mode)) return;
    say.number('course', course, 'deg');
    say.number('course.magnetic', magnetic, 'deg');
    say.number('speed', metric, 'km/h');
    say.number('speed', knots, '[kn_i]');
  },
  GSA(say, words) {
    say.number('position.dimensions', 2, null);
    // Twelve satellites; a receiver that lists more shifts what follows, and then nothing says where it is.
    if (words.length !== 18 && words.length !== 19) return;
    say.number('position.pdop', 15, null);
    say.number('position.hdop', 16, null);
    say.number('position.vdop', 17, null);
  },
  GST(say) {
    say.time(1);
    say.number('other.nmea0183.range-rms', 2, 'm');
    say.number('other.nmea0183.error-major', 3, 'm');
    say.number('other.nmea0183.error-minor', 4, 'm');
    say.number('other.nmea0183.error-orientation', 5, 'deg');
    say.number('position.error.latitude', 6, 'm');
    say.number('position.error.longitude', 7, 'm');
    say.number('position.error.altitude', 8, 'm');
  },
  ZDA(say) {
    say.time(1);
    const [day, month, year] = [say.word(2), say.word(3), say.word(4)];
    say.date(`${day},${month},${year}`, day, month, year);
  },
};

/** Status A or V, and since version 2.3 a mode. A receiver that reckons on says V and E: the mode knows better. */
function statusFix(say: Say, status: number, mode: number): void {
  const said = MODES[say.word(mode)];
  const valid = say.word(status);
  if (said === 'estimated' || (valid === 'A' && said !== undefined)) say.fix(said, mode);
  else if (valid === 'V' && (said === 'simulated' || said === 'manual')) say.fix(said, mode);
  else if (valid === 'A') say.fix('valid', status);
  else if (valid === 'V') say.fix('none', status);
}
