/**
 * A gas, heat, water or electricity meter that tells its readings through the main meter.
 * @module
 */
import type { Decimal } from '@sigill/evidence';
import type { Observation } from '../../driver.ts';
import {
  type Fields,
  identifierOf,
  measure,
  otherName,
  put,
  putOther,
  readNumber,
} from './fields.ts';
import { channelCode, channelObjects, channelQuantity } from './objects.ts';
import type { P1Clock } from './p1-time.ts';
import type { P1Object } from './telegram.ts';

const READING = /^24\.[23]\./;

interface Captured {
  readonly name: string;
  readonly value: Decimal;
  readonly unit: string;
  readonly time: string;
  /** Told by DSMR 2.2 and 3: the M-Bus status, and the minutes between two readings. */
  readonly status: string | null;
  readonly periodMinutes: Decimal | null;
}

/**
 * Null for a channel with nobody there: no identifier, and no reading with a unit.
 * `unreadable` hears of each reading that is none.
 */
export function observeSubMeter(
  objects: readonly P1Object[],
  channel: string,
  clock: P1Clock,
  unreadable: (object: P1Object) => void,
): Omit<Observation, 'kind'> | null {
  const type = Number(firstValue(objects, '24.1.0'));
  const read = objects.map((object) => ({ object, captured: readCaptured(object, type) }));
  for (const { object, captured } of read)
    if (captured === null && READING.test(channelCode(object.code))) unreadable(object);
  const device = identifierOf([firstValue(objects, '96.1.0'), firstValue(objects, '96.1.1')]);
  const first = read.find(({ captured }) => captured !== null)?.captured;
  if (device === '' && !first) return null;
  const time = first ? clock(first.time) : null;
  const fields: Fields = {};
  for (const { object, captured } of read)
    if (captured === null) putDescription(fields, object);
    else {
      putCaptured(fields, object.code, captured);
      // The observation tells one time; another one, or one that cannot be, stays as the device's text.
      if (time === null || clock(captured.time) !== time)
        put(fields, `${otherName(object.code)}.time`, captured.time, null, object.code);
    }
  return { device: device || `0-${channel}`, time, fields };
}

function readCaptured({ code, values }: P1Object, type: number): Captured | null {
  const form = channelCode(code);
  // ( time )( value * unit ), 24.2.3 where gas is not brought to 15 °C
  if (form.startsWith('24.2.') && values.length === 2) {
    const [time = '', reading = ''] = values;
    const [digits = '', unit = ''] = reading.split('*');
    return captured(digits, unit, type, { time, status: null, periodMinutes: null });
  }
  // ( time )( status )( minutes )( 1 )( code )( unit )( value )
  if (form === '24.3.0' && values.length === 7 && values[3] === '1') {
    const [time = '', status = '', minutes, , , unit = '', digits = ''] = values;
    return captured(digits, unit, type, { time, status, periodMinutes: readNumber(minutes) });
  }
  return null;
}

function captured(
  digits: string,
  unit: string,
  type: number,
  rest: Pick<Captured, 'time' | 'status' | 'periodMinutes'>,
): Captured | null {
  const name = channelQuantity(type, unit);
  const read = name === null ? null : measure(digits, unit, name);
  return name === null || read === null ? null : { name, ...read, ...rest };
}

function putCaptured(fields: Fields, code: string, captured: Captured): void {
  put(fields, captured.name, captured.value, captured.unit, code);
  if (captured.status !== null) put(fields, 'device.status', captured.status, null, code);
  if (captured.periodMinutes !== null)
    put(fields, 'measurement.period', captured.periodMinutes, 'min', code);
}

function putDescription(fields: Fields, object: P1Object): void {
  const meaning = channelObjects.get(channelCode(object.code));
  const [text] = object.values;
  const value = meaning?.form === 'count' ? readNumber(text) : text;
  if (meaning && object.values.length === 1 && value !== null && value !== undefined)
    put(fields, meaning.name, value, null, object.code);
  else putOther(fields, object);
}

function firstValue(objects: readonly P1Object[], code: string): string | undefined {
  return objects.find((object) => channelCode(object.code) === code)?.values[0];
}
