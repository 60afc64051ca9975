/**
 * Reads canonical CBOR item by item; whatever is not canonical is refused where it stands.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import { clip } from './bytes.ts';
import type { CborValue } from './canonical-cbor.ts';

// Nothing signed here nests deeper than four; the bound keeps hostile input off the call stack.
const MAX_DEPTH = 16;
// Up to here a loop over bytes beats TextDecoder.
const SHORT_TEXT = 64;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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

  /** An array whose items `read` reads. Grows with what is there, not with what is promised. */
  list<T>(read: () => T): T[] {
    const length = this.array();
    const items: T[] = [];
    while (items.length < length) items.push(read());
    return items;
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
