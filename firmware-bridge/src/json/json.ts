/**
 * JSON whose numbers keep their digits, as RFC 8259 has it and no looser.
 * @module
 */
import { type Decimal, parseDecimal } from '@sigill/evidence';
import { DecodeError } from '../errors.ts';

/** A number as it was written. */
export interface JsonNumber {
  readonly digits: string;
}

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;
/** A map, because a device may name a member `__proto__`. */
export type JsonObject = Map<string, JsonValue>;

// Devices nest five deep; a thousand brackets are an attack on the stack.
const DEEPEST = 32;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** @throws DecodeError FRAME_SYNTAX */
export function parseJson(bytes: Uint8Array): JsonValue {
  const text = decodeUtf8(bytes);
  let at = 0;

  const fail = (expected: string): never => {
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 8)) : 'the end';
    throw new DecodeError('FRAME_SYNTAX', `no JSON: ${expected} expected at ${at}, got ${found}`);
  };
  const failAt = (place: number, expected: string): never => {
    at = place;
    return fail(expected);
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const skip = (mark: string): boolean => {
    match(SPACE);
    if (text[at] !== mark) return false;
    at++;
    match(SPACE);
    return true;
  };
  const string = (): string => {
    const start = at;
    if (text[at++] === '"')
      for (; at < text.length; at++)
        if (text[at] === '\\') at++;
        else if (text[at] === '"') {
          at++;
          return unquote(text.slice(start, at)) ?? failAt(start, 'a string');
        }
    return failAt(start, 'a string');
  };

  const value = (depth: number): JsonValue => {
    if (depth > DEEPEST) fail(`no more than ${DEEPEST} levels`);
    match(SPACE);
    if (text[at] === '"') return string();
    if (skip('{')) return object(depth);
    if (skip('[')) return array(depth);
    for (const [word, meaning] of WORDS)
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    return { digits: match(NUMBER) ?? fail('a value') };
  };
  const object = (depth: number): JsonObject => {
    const members: JsonObject = new Map();
    if (skip('}')) return members;
    do {
      const name = string();
      // Which of two would count is not for us to say.
      if (members.has(name)) fail(`one member ${JSON.stringify(name)}`);
      if (!skip(':')) fail('a colon');
      members.set(name, value(depth + 1));
    } while (skip(','));
    if (!skip('}')) fail('a comma or the end of an object');
    return members;
  };
  const array = (depth: number): JsonValue[] => {
    const items: JsonValue[] = [];
    if (skip(']')) return items;
    do items.push(value(depth + 1));
    while (skip(','));
    if (!skip(']')) fail('a comma or the end of an array');
    return items;
  };

  const whole = value(1);
  match(SPACE);
  if (at < text.length) fail('nothing more');
  return whole;
}

/** What a string with its quotes means, half a surrogate pair replaced; null if its escapes or control characters are none of JSON's. */
function unquote(quoted: string): string | null {
  try {
    return (JSON.parse(quoted) as string).toWellFormed();
  } catch {
    return null;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DecodeError('FRAME_SYNTAX', 'no JSON: the bytes are no UTF-8');
  }
}

export function isNumber(value: JsonValue | undefined): value is JsonNumber {
  return typeof value === 'object' && value !== null && 'digits' in value;
}

// A reading's decimals are small; 10^99 of anything is a fault.
const LARGEST_EXPONENT = 64;

/** The number's digits and scale; null if it is beyond all measure. */
export function toDecimal({ digits }: JsonNumber): Decimal | null {
  const [number = '', power = '0'] = digits.toLowerCase().split('e');
  if (number.length > LARGEST_EXPONENT || Math.abs(Number(power)) > LARGEST_EXPONENT) return null;
  const { mantissa, exponent } = parseDecimal(number);
  return { mantissa, exponent: exponent + Number(power) };
}

/** A member, at any depth: `at(value, 'deviceInfo', 'devEui')`. */
export function member(value: JsonValue | undefined, ...path: readonly string[]) {
  let found: JsonValue | undefined = value;
  for (const name of path) {
    if (found instanceof Map) found = found.get(name);
    else if (Array.isArray(found) && /^(0|[1-9]\d{0,5})$/.test(name)) found = found[Number(name)];
    else return undefined;
  }
  return found;
}

/** `/a/b~1c` as names (RFC 6901); null if it is no pointer. */
export function parsePointer(pointer: string): string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function formatPointer(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
