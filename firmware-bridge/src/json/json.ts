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

// Sticky, and asked by `test`: an answer that is a list costs more than the match.
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON's strings have none
const PLAIN_STRING = /"[^"\\\x00-\x1f]*"/y;
const ANY_STRING = /"(?:[^"\\]|\\.)*"/sy;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const [QUOTE, OBJECT, ARRAY] = [0x22, 0x7b, 0x5b];
// V8 takes a longer piece of a text as a view, which keeps the whole message for as long as a device's name is known.
const LONGEST_COPY = 12;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws DecodeError FRAME_SYNTAX */
export function parseJson(bytes: Uint8Array): JsonValue {
  const reader = new JsonReader(decodeUtf8(bytes));
  const whole = reader.value(1);
  reader.end();
  return whole;
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue {
    if (depth > DEEPEST) this.#fail(`no more than ${DEEPEST} levels`);
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#string();
    if (code === OBJECT) return this.#object(depth);
    if (code === ARRAY) return this.#array(depth);
    const start = this.#at;
    if (this.#match(NUMBER)) return { digits: this.#piece(start, this.#at) };
    for (const [word, meaning] of WORDS)
      if (this.#text.startsWith(word, start)) {
        this.#at += word.length;
        return meaning;
      }
    return this.#fail('a value');
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail('nothing more');
  }

  #object(depth: number): JsonObject {
    const members: JsonObject = new Map();
    this.#skip('{');
    if (this.#skip('}')) return members;
    do {
      const name = this.#string();
      // Which of two would count is not for us to say.
      if (members.has(name)) this.#fail(`one member ${JSON.stringify(name)}`);
      if (!this.#skip(':')) this.#fail('a colon');
      members.set(name, this.value(depth + 1));
    } while (this.#skip(','));
    if (!this.#skip('}')) this.#fail('a comma or the end of an object');
    return members;
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#skip('[');
    if (this.#skip(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.#skip(','));
    if (!this.#skip(']')) this.#fail('a comma or the end of an array');
    return items;
  }

  #string(): string {
    const start = this.#at;
    if (this.#match(PLAIN_STRING)) return this.#piece(start + 1, this.#at - 1);
    const found = this.#match(ANY_STRING) ? unquote(this.#text.slice(start, this.#at)) : null;
    if (found !== null) return found;
    this.#at = start;
    return this.#fail('a string');
  }

  /** The mark, and what space is around it. */
  #skip(mark: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    this.#space();
    return true;
  }

  #space(): void {
    // Above the space there is none: most members follow each other without any.
    if (this.#text.charCodeAt(this.#at) <= 0x20) this.#match(SPACE);
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  /** Of plain characters only. */
  #piece(start: number, end: number): string {
    const piece = this.#text.slice(start, end);
    return piece.length <= LONGEST_COPY ? piece : (JSON.parse(`"${piece}"`) as string);
  }

  #fail(expected: string): never {
    const at = this.#at;
    const found = at < this.#text.length ? JSON.stringify(this.#text.slice(at, at + 8)) : 'the end';
    throw new DecodeError('FRAME_SYNTAX', `no JSON: ${expected} expected at ${at}, got ${found}`);
  }
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
    return decoder.decode(bytes);
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
  if (digits.length <= LARGEST_EXPONENT && !/e/i.test(digits)) return parseDecimal(digits);
  const [number = '', power = '0'] = digits.toLowerCase().split('e');
  if (number.length > LARGEST_EXPONENT || Math.abs(Number(power)) > LARGEST_EXPONENT) return null;
  const { mantissa, exponent } = parseDecimal(number);
  return { mantissa, exponent: exponent + Number(power) };
}

/** A member, at any depth: `at(value, 'deviceInfo', 'devEui')`. */
export function member(value: JsonValue | undefined, ...path: readonly string[]) {
  return memberAt(value, path);
}

/** As `member`, of a path at hand. */
export function memberAt(value: JsonValue | undefined, path: readonly string[]) {
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
