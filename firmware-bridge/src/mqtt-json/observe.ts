/**
 * What a JSON message says.
 * @module
 */
import type { Decimal } from '@sigill/evidence';
import type { FieldValue, Observation, ObservedField } from '../driver.ts';
import { formatPointer, isNumber, type JsonValue, memberAt, toDecimal } from '../json/json.ts';
import { quantities } from '../quantities.ts';
import type { FieldSetting, Place, Settings } from './settings.ts';

type Fields = Record<string, ObservedField>;

// A device that says more than this says it to somebody else; the frame keeps it all. A reading has 60,000 bytes at most,
// a character of these up to three.
const MOST_REST = 100;
const MOST_REST_CHARACTERS = 16_000;
const LONGEST_TEXT = 1024;
const LONGEST_NAME = 128;
const IDENTIFIER = /^[\x20-\x7e]{1,64}$/;
const PHASES = ['l1', 'l2', 'l3'];

export function observe(
  settings: Settings,
  message: JsonValue,
  topic: string | undefined,
): Observation[] {
  const fields: Fields = {};
  const used = new Set<string>();
  const time = readTime(settings, message, used);
  const device = readDevice(settings.device, message, topic, used);
  for (const field of settings.fields) readField(field, message, fields, used);
  let characters = 0;
  if (settings.keepsRest) for (const [path, value] of leavesOf(message, [])) putRest(path, value);
  return Object.keys(fields).length === 0 ? [] : [{ kind: settings.kind, device, time, fields }];

  function putRest(path: readonly string[], value: JsonValue): void {
    const pointer = formatPointer(path);
    const told = toValue(value);
    if (used.has(pointer) || told === null) return;
    const name = restName(path);
    characters += name.length + pointer.length + (typeof told === 'string' ? told.length : 24);
    if (name.length > LONGEST_NAME || characters > MOST_REST_CHARACTERS) return;
    if (!Object.hasOwn(fields, name)) fields[name] = { value: told, unit: null, code: pointer };
  }
}

/** A field's name is printable ASCII without spaces. */
function restName(path: readonly string[]): string {
  const joined = path.join('.') || 'value';
  return `other.mqtt-json.${joined.replace(/[^\x21-\x7e]/gu, encodeURIComponent)}`;
}

function readTime({ time }: Settings, message: JsonValue, used: Set<string>): number | null {
  if (time === null) return null;
  const ms = time.read(memberAt(message, time.pointer.path) ?? null);
  if (ms !== null) used.add(time.pointer.text);
  return ms;
}

function readDevice(
  places: readonly Place[],
  message: JsonValue,
  topic: string | undefined,
  used: Set<string>,
): string {
  for (const place of places) {
    const text = identifierAt(place, message, topic);
    if (text === null || !IDENTIFIER.test(text)) continue;
    if (place.kind === 'pointer') used.add(place.pointer.text);
    return text;
  }
  return '';
}

function identifierAt(place: Place, message: JsonValue, topic: string | undefined): string | null {
  if (place.kind === 'fixed') return place.text;
  if (place.kind === 'topic') return topic?.split('/')[place.level - 1] ?? null;
  const value = memberAt(message, place.pointer.path);
  if (isNumber(value)) return value.digits;
  return typeof value === 'string' ? value : null;
}

function readField(
  field: FieldSetting,
  message: JsonValue,
  fields: Fields,
  used: Set<string>,
): void {
  for (const { path, text } of field.pointers) {
    const value = memberAt(message, path);
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) {
      putField(field, field.name, value, text, fields, used);
      return;
    }
    // What comes once for each phase or channel comes as a list: [235, 231, 0].
    const names = PHASES.map((phase) => `${field.name}.${phase}`);
    if (value.length > names.length || !names.every((name) => quantities.has(name))) return;
    for (const [i, one] of value.entries())
      putField(field, names[i] as string, one, `${text}/${i}`, fields, used);
    return;
  }
}

function putField(
  { unit, scale }: FieldSetting,
  name: string,
  value: JsonValue,
  code: string,
  fields: Fields,
  used: Set<string>,
): void {
  const told = fitted(value, name, scale);
  if (told === null || Object.hasOwn(fields, name)) return;
  fields[name] = { value: told, unit, code };
  used.add(code);
}

/** The value as the quantity has it; null where it is of another kind, and is told under its own name instead. */
function fitted(value: JsonValue, name: string, scale: Decimal | null): FieldValue | null {
  const dimension = quantities.get(name)?.dimension;
  if (dimension === 'flag') return typeof value === 'boolean' ? value : null;
  if (dimension === 'text' || dimension === 'time') {
    const text = isNumber(value) ? value.digits : value;
    return typeof text === 'string' && text.length <= LONGEST_TEXT ? text : null;
  }
  if (dimension === undefined && !isNumber(value)) return toValue(value);
  const number = isNumber(value) ? toDecimal(value) : null;
  if (number === null || scale === null) return number;
  return {
    mantissa: number.mantissa * scale.mantissa,
    exponent: number.exponent + scale.exponent,
  };
}

function toValue(value: JsonValue): FieldValue | null {
  if (typeof value === 'boolean') return value;
  const decimal = isNumber(value) ? toDecimal(value) : null;
  const told = decimal ?? (isNumber(value) ? value.digits : value);
  if (typeof told === 'string') return told.length <= LONGEST_TEXT ? told : null;
  return decimal;
}

/** Everything that is neither object nor list, with its path, as far as MOST_REST. */
function leavesOf(value: JsonValue, path: readonly string[]): [readonly string[], JsonValue][] {
  const found: [readonly string[], JsonValue][] = [];
  const collect = (one: JsonValue, at: readonly string[]): void => {
    if (found.length >= MOST_REST) return;
    if (Array.isArray(one))
      for (const [i, item] of one.entries()) collect(item, [...at, String(i)]);
    else if (one instanceof Map) for (const [name, item] of one) collect(item, [...at, name]);
    else found.push([at, one]);
  };
  collect(value, path);
  return found;
}
