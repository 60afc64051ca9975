/**
 * Writes canonical CBOR: shortest heads, definite lengths.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import type { CborValue } from './canonical-cbor.ts';

// Up to here a loop over characters beats TextEncoder; heads of two bytes at most.
const SHORT_TEXT = 160;
// What one large value needed is not kept for all the small ones after it.
const MAX_KEPT_BYTES = 4096;
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

const encoder = new TextEncoder();

/** Appends items to a growing buffer. */
export class CborWriter {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 512) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Begins anew, in the memory it has. */
  restart(): void {
    this.#length = 0;
    if (this.#buffer.length <= MAX_KEPT_BYTES) return;
    this.#buffer = new Uint8Array(MAX_KEPT_BYTES);
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
