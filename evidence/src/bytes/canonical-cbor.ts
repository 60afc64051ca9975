/**
 * The subset of deterministic CBOR (RFC 8949 §4.2.1) that is signed here: integers, byte and text
 * strings, arrays, true, false, null. No maps, floats or tags; shortest heads; definite lengths;
 * valid UTF-8. The reader refuses every other encoding, so each value has one byte string.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import { clip } from './bytes.ts';

export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[];

// Nothing signed here nests deeper than four; the bound keeps hostile input off the call stack.
const MAX_DEPTH = 16;
// Up to here a loop over characters beats TextEncoder and TextDecoder; heads of two bytes at most.
const SHORT_TEXT = 64;
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws EvidenceError CBOR_TYPE for a number that is no integer or beyond 64 bits, or a lone surrogate */
export function encodeCbor(value: CborValue): Uint8Array {
  const writer = new CborWriter();
  writer.value(value);
  return writer.finish();
}

/** @throws EvidenceError CBOR_SYNTAX, CBOR_NOT_CANONICAL, CBOR_TYPE */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.value();
  reader.end();
  return value;
}

/** Appends items to a growing buffer. */
export class CborWriter {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 512) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  value(value: CborValue): void {
    if (value === null) this.nil();
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number' || typeof value === 'bigint') this.integer(value);
    else if (typeof value === 'boolean') this.boolean(value);
    else if (value instanceof Uint8Array) this.bytes(value);
    else {
      this.array(value.length);
      for (const item of value) this.value(item);
    }
  }

  array(length: number): void {
    this.#head(0x80, length);
  }

  integer(value: number | bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) {
      if (number >= 0) this.#head(0x00, number);
      else this.#head(0x20, -1 - number);
    } else if (typeof value === 'number')
      throw new EvidenceError('CBOR_TYPE', `safe integer expected, got ${value}`);
    else if (value >= 0n) this.#bigHead(0x00, value);
    else this.#bigHead(0x20, -1n - value);
  }

  bytes(value: Uint8Array): void {
    this.#head(0x40, value.length);
    this.raw(value);
  }

  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.#asciiText(value)) return;
    if (!value.isWellFormed())
      throw new EvidenceError('CBOR_TYPE', 'text with a lone surrogate has no UTF-8 form');
    const encoded = encoder.encode(value);
    this.#head(0x60, encoded.length);
    this.raw(encoded);
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0xf5 : 0xf4);
  }

  nil(): void {
    this.#byte(0xf6);
  }

  /** Bytes that are CBOR already. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Names and units are short and ASCII: three times faster than an encoder. False if not ASCII. */
  #asciiText(value: string): boolean {
    const { length } = value;
    this.#reserve(9 + length); // what #head asks for: it must not move the buffer under the text
    const start = this.#length + (length < 24 ? 1 : 2);
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      this.#buffer[start + index] = code;
    }
    this.#head(0x60, length);
    this.#length = start + length;
    return true;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  #head(major: number, argument: number): void {
    this.#reserve(9);
    const buffer = this.#buffer;
    if (argument < 24) {
      buffer[this.#length++] = major | argument;
    } else if (argument < 0x100) {
      buffer[this.#length++] = major | 24;
      buffer[this.#length++] = argument;
    } else if (argument < 0x1_0000) {
      buffer[this.#length++] = major | 25;
      buffer[this.#length++] = argument >>> 8;
      buffer[this.#length++] = argument & 255;
    } else if (argument < 0x1_0000_0000) {
      buffer[this.#length++] = major | 26;
      this.#view.setUint32(this.#length, argument);
      this.#length += 4;
    } else {
      buffer[this.#length++] = major | 27;
      this.#view.setUint32(this.#length, Math.floor(argument / 0x1_0000_0000));
      this.#view.setUint32(this.#length + 4, argument % 0x1_0000_0000);
      this.#length += 8;
    }
  }

  /** An argument beyond 2^53-1, which only -2^53 as an integer does not have. */
  #bigHead(major: number, argument: bigint): void {
    if (argument > MAX_UINT64)
      throw new EvidenceError('CBOR_TYPE', `integer of at most 64 bits expected, got ${argument}`);
    this.#reserve(9);
    this.#buffer[this.#length++] = major | 27;
    this.#view.setBigUint64(this.#length, argument);
    this.#length += 8;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads items one after another and refuses all that is not canonical. */
export class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer's slice would share its memory with whatever the caller reads into it next.
    this.#bytes =
      bytes.constructor === Uint8Array
        ? bytes
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get offset(): number {
    return this.#at;
  }

  value(depth = 0): CborValue {
    const initial = this.#peek();
    const major = initial >> 5;
    if (major === 0 || major === 1) return this.integer();
    if (major === 2) return this.bytes();
    if (major === 3) return this.text();
    if (major === 4) {
      if (depth >= MAX_DEPTH) throw this.#error('CBOR_TYPE', `nested deeper than ${MAX_DEPTH}`);
      const length = this.array();
      const items: CborValue[] = [];
      for (let index = 0; index < length; index += 1) items.push(this.value(depth + 1));
      return items;
    }
    if (initial === 0xf6) return this.nil();
    if (initial === 0xf4 || initial === 0xf5) return this.boolean();
    throw this.#error('CBOR_TYPE', `type 0x${initial.toString(16)} is not used here`);
  }

  /** The number of items that follow. */
  array(): number {
    const length = this.#argument(4, 'array');
    // Each item takes a byte at least: a longer promise is a lie, refused before memory is spent.
    if (length > this.#bytes.length - this.#at)
      throw this.#error('CBOR_SYNTAX', `array of ${length} items in ${this.#bytes.length} bytes`);
    return Number(length);
  }

  /** An array of exactly `length` items. */
  tuple(length: number): void {
    const found = this.array();
    if (found !== length)
      throw this.#error('CBOR_TYPE', `array of ${length} expected, got one of ${found}`);
  }

  integer(): number | bigint {
    const major = this.#peek() >> 5;
    if (major !== 0 && major !== 1) throw this.#unexpected('integer');
    const argument = this.#argument(major, 'integer');
    if (major === 0) return argument;
    if (typeof argument === 'bigint' || argument === Number.MAX_SAFE_INTEGER)
      return -1n - BigInt(argument);
    return -1 - argument;
  }

  /** An integer from 0 to 2^53-1. */
  uint(): number {
    const value = this.#argument(0, 'unsigned integer');
    if (typeof value === 'bigint')
      throw this.#error('CBOR_TYPE', `unsigned integer up to 2^53-1 expected, got ${value}`);
    return value;
  }

  /** A safe integer of either sign. */
  safeInteger(): number {
    const value = this.integer();
    if (typeof value === 'bigint')
      throw this.#error('CBOR_TYPE', `integer within 2^53-1 expected, got ${value}`);
    return value;
  }

  bytes(): Uint8Array {
    const length = this.#stringLength(2, 'byte string');
    const start = this.#at;
    this.#at += length;
    return this.#bytes.slice(start, this.#at);
  }

  /** A byte string of exactly `length` bytes. */
  fixedBytes(length: number): Uint8Array {
    const value = this.bytes();
    if (value.length !== length)
      throw this.#error('CBOR_TYPE', `${length} bytes expected, got ${value.length}`);
    return value;
  }

  text(): string {
    const length = this.#stringLength(3, 'text');
    const start = this.#at;
    this.#at += length;
    if (length <= SHORT_TEXT) {
      let text = '';
      let index = start;
      for (; index < this.#at; index += 1) {
        const byte = this.#bytes[index]!;
        if (byte > 127) break;
        text += String.fromCharCode(byte);
      }
      if (index === this.#at) return text;
    }
    try {
      return decoder.decode(this.#bytes.subarray(start, this.#at));
    } catch (cause) {
      throw new EvidenceError('CBOR_SYNTAX', `invalid UTF-8 at byte ${start}`, { cause });
    }
  }

  boolean(): boolean {
    const initial = this.#peek();
    if (initial !== 0xf4 && initial !== 0xf5) throw this.#unexpected('boolean');
    this.#at += 1;
    return initial === 0xf5;
  }

  nil(): null {
    if (this.#peek() !== 0xf6) throw this.#unexpected('null');
    this.#at += 1;
    return null;
  }

  /** What `read` reads, or null. */
  nullable<T>(read: () => T): T | null {
    if (this.#peek() !== 0xf6) return read();
    this.#at += 1;
    return null;
  }

  isBytes(): boolean {
    return this.#peek() >> 5 === 2;
  }

  isText(): boolean {
    return this.#peek() >> 5 === 3;
  }

  isArray(): boolean {
    return this.#peek() >> 5 === 4;
  }

  /** The exact text expected here, such as a payload's type. */
  literal(expected: string): void {
    const found = this.text();
    if (found !== expected)
      throw this.#error('CBOR_TYPE', `"${expected}" expected, got ${clip(found)}`);
  }

  end(): void {
    const extra = this.#bytes.length - this.#at;
    if (extra !== 0) throw this.#error('CBOR_SYNTAX', `${extra} bytes after the end`);
  }

  #peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw this.#error('CBOR_SYNTAX', 'input ends within a value');
    return byte;
  }

  #stringLength(major: number, what: string): number {
    const length = this.#argument(major, what);
    if (length > this.#bytes.length - this.#at)
      throw this.#error('CBOR_SYNTAX', `${what} of ${length} bytes is cut`);
    return Number(length);
  }

  #argument(major: number, what: string): number | bigint {
    const initial = this.#peek();
    if (initial >> 5 !== major) throw this.#unexpected(what);
    this.#at += 1;
    const info = initial & 31;
    if (info < 24) return info;
    if (info > 27) throw this.#error('CBOR_NOT_CANONICAL', 'indefinite or reserved length');
    const width = 1 << (info - 24);
    if (width > this.#bytes.length - this.#at) throw this.#error('CBOR_SYNTAX', 'head is cut');
    if (width === 8) return this.#bigArgument();
    let value = 0;
    for (let index = 0; index < width; index += 1)
      value = value * 256 + this.#bytes[this.#at + index]!;
    this.#at += width;
    if (value < (width === 1 ? 24 : width === 2 ? 0x100 : 0x1_0000))
      throw this.#error('CBOR_NOT_CANONICAL', 'head is not shortest');
    return value;
  }

  #bigArgument(): number | bigint {
    const high = this.#uint32(this.#at);
    const low = this.#uint32(this.#at + 4);
    this.#at += 8;
    if (high === 0) throw this.#error('CBOR_NOT_CANONICAL', 'head is not shortest');
    // 2^53 = 2^21 * 2^32
    if (high < 0x20_0000) return high * 0x1_0000_0000 + low;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  #uint32(at: number): number {
    const bytes = this.#bytes;
    return (
      bytes[at]! * 0x100_0000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
    );
  }

  #unexpected(what: string): EvidenceError {
    return this.#error('CBOR_TYPE', `${what} expected, got type 0x${this.#peek().toString(16)}`);
  }

  #error(code: 'CBOR_SYNTAX' | 'CBOR_NOT_CANONICAL' | 'CBOR_TYPE', message: string) {
    return new EvidenceError(code, `${message} (at byte ${this.#at})`);
  }
}
