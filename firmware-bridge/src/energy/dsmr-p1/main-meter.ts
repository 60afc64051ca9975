/**
 * The objects of the main meter, each read in the form its code calls for.
 * @module
 */
import type { Decimal } from '@sigill/evidence';
import { MAX_LOGGED_FAILURES, MAX_LOGGED_PEAKS } from '../../quantities.ts';
import {
  type Fields,
  type Measure,
  otherName,
  plainCode,
  put,
  putOther,
  readMeasure,
  readNumber,
} from './fields.ts';
import { type Form, mainObjects } from './objects.ts';
import type { P1Clock } from './p1-time.ts';
import type { P1Object } from './telegram.ts';

/**
 * False if the object's code promises a number and there is none. It is told as `other.…` even so.
 */
export function readMainObject(object: P1Object, fields: Fields, clock: P1Clock): boolean {
  const meaning = mainObjects.get(plainCode(object.code));
  if (meaning && READERS[meaning.form](meaning.name, object, fields, clock)) return true;
  putOther(fields, object);
  return meaning === undefined || !NUMERIC.has(meaning.form);
}

const NUMERIC: ReadonlySet<Form> = new Set(['number', 'count', 'peak']);

type Reader = (name: string, object: P1Object, fields: Fields, clock: P1Clock) => boolean;

const READERS: Readonly<Record<Form, Reader>> = {
  number: (name, { code, values }, fields) => {
    const read = values.length === 1 ? readMeasure(values[0], name) : null;
    if (read) put(fields, name, read.value, read.unit, code);
    return read !== null;
  },
  count: (name, { code, values }, fields) => {
    const value = values.length === 1 ? readNumber(values[0]) : null;
    if (value) put(fields, name, value, null, code);
    return value !== null;
  },
  text: (name, { code, values }, fields) => {
    if (values.length === 1) put(fields, name, values[0] as string, null, code);
    return values.length === 1;
  },
  time: (name, { code, values }, fields, clock) => {
    const time = values.length === 1 ? clock(values[0] as string) : null;
    if (time !== null) put(fields, name, new Date(time).toISOString(), null, code);
    return time !== null;
  },
  // ( time )( value )
  peak: (name, { code, values }, fields, clock) => {
    const read = values.length === 2 ? readMeasure(values[1], name) : null;
    if (read === null) return false;
    put(fields, name, read.value, read.unit, code);
    putTime(`${name}.time`, values[0] as string, 'time', code, fields, clock);
    return true;
  },
  // ( count )( what )( what ) then ( month's end )( time )( value )
  'peak-log': (name, { code, values }, fields, clock) => {
    const log = readLog(values, { heading: 3, width: 3, most: MAX_LOGGED_PEAKS }, name);
    if (log === null) return false;
    put(fields, `${name}.logged`, log.count, null, code);
    for (const [i, { times, value, unit }] of log.entries.entries()) {
      const [closed = '', time = ''] = times;
      put(fields, `${name}.${i + 1}`, value, unit, code);
      putTime(`${name}.${i + 1}.time`, time, `${i + 1}.time`, code, fields, clock);
      putTime(`${name}.${i + 1}.closed`, closed, `${i + 1}.closed`, code, fields, clock);
    }
    return true;
  },
  // ( count )( what ) then ( end )( duration )
  'failure-log': (name, { code, values }, fields, clock) => {
    const shape = { heading: 2, width: 2, most: MAX_LOGGED_FAILURES };
    const log = readLog(values, shape, `${name}.1.duration`);
    if (log === null) return false;
    put(fields, `${name}.logged`, log.count, null, code);
    for (const [i, { times, value, unit }] of log.entries.entries()) {
      putTime(`${name}.${i + 1}.end`, times[0] ?? '', `${i + 1}.end`, code, fields, clock);
      put(fields, `${name}.${i + 1}.duration`, value, unit, code);
    }
    return true;
  },
};

interface LogShape {
  readonly heading: number;
  readonly width: number;
  readonly most: number;
}

interface Log {
  readonly count: Decimal;
  readonly entries: readonly (Measure & { readonly times: readonly string[] })[];
}

/** Null unless every entry is whole. The count is the meter's own: some list fewer than they count. */
function readLog(values: readonly string[], shape: LogShape, quantity: string): Log | null {
  const { heading, width, most } = shape;
  const count = readNumber(values[0]);
  const rest = values.slice(heading);
  if (count === null || rest.length % width !== 0 || rest.length > width * most) return null;
  const entries = [];
  for (let at = 0; at < rest.length; at += width) {
    const read = readMeasure(rest[at + width - 1], quantity);
    if (read === null) return null;
    entries.push({ ...read, times: rest.slice(at, at + width - 1) });
  }
  return { count, entries };
}

/** A time that cannot be stays as the device's text, under its own code. */
function putTime(
  name: string,
  text: string,
  part: string,
  code: string,
  fields: Fields,
  clock: P1Clock,
): void {
  const time = clock(text);
  if (time === null) put(fields, `${otherName(code)}.${part}`, text, null, code);
  else put(fields, name, new Date(time).toISOString(), null, code);
}
