/**
 * Recursive Length Prefix, strict: one encoding per value (Ethereum Yellow Paper, appendix B).
 *   00..7f  the byte itself          80..b7  string of 0..55 bytes      b8..bf  string, length in 1..8 bytes
 *                                    c0..f7  list of 0..55 bytes        f8..ff  list, length in 1..8 bytes
 * One level at a time: an inner list stays encoded, so depth costs no stack.
 * @module
 */
import { concatBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';

export type RlpItem =
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  /** `encoded` is the whole item, prefix included. */
  | { readonly kind: 'list'; readonly encoded: Uint8Array };

/** The items of a list that fills `bytes` exactly. @throws EvidenceError RLP_SYNTAX */
export function decodeRlpList(bytes: Uint8Array): RlpItem[] {
  const outer = spanAt(bytes, 0);
  if (outer.kind !== 'list') throw syntax('a list expected, got a string');
  assertWhole(bytes, outer);
  const items: RlpItem[] = [];
  for (let at = outer.start; at < outer.end; ) {
    const span = spanAt(bytes, at);
    items.push(
      span.kind === 'string'
        ? { kind: 'string', bytes: bytes.subarray(span.start, span.end) }
        : { kind: 'list', encoded: bytes.subarray(at, span.end) },
    );
    at = span.end;
  }
  return items;
}

/** The content of a string that fills `bytes` exactly. @throws EvidenceError RLP_SYNTAX */
export function decodeRlpString(bytes: Uint8Array): Uint8Array {
  const span = spanAt(bytes, 0);
  if (span.kind !== 'string') throw syntax('a string expected, got a list');
  assertWhole(bytes, span);
  return bytes.subarray(span.start, span.end);
}

/** The inverse of `decodeRlpList`. */
export function encodeRlpList(items: readonly RlpItem[]): Uint8Array {
  const content = concatBytes(
    ...items.map((item) => (item.kind === 'list' ? item.encoded : encodeRlpString(item.bytes))),
  );
  return concatBytes(prefix(0xc0, content.length), content);
}

/** The inverse of `decodeRlpString`. */
export function encodeRlpString(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 1 && (bytes[0] as number) < 0x80) return bytes;
  return concatBytes(prefix(0x80, bytes.length), bytes);
}

function prefix(base: 0x80 | 0xc0, length: number): Uint8Array {
  if (length <= 55) return Uint8Array.of(base + length);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.of(base + 55 + digits.length, ...digits);
}

/** Where the content of one item lies; its prefix is before `start`. */
interface Span {
  readonly kind: 'string' | 'list';
  readonly start: number;
  readonly end: number;
}

function spanAt(bytes: Uint8Array, at: number): Span {
  const prefix = byteAt(bytes, at);
  if (prefix < 0x80) return { kind: 'string', start: at, end: at + 1 };
  const kind = prefix < 0xc0 ? 'string' : 'list';
  const size = prefix - (kind === 'string' ? 0x80 : 0xc0);
  if (size > 55) return longSpan(bytes, kind, at + 1, size - 55);
  const start = at + 1;
  if (kind === 'string' && size === 1 && byteAt(bytes, start) < 0x80)
    throw syntax(`a byte below 0x80 stands for itself, at ${at}`);
  return withinBounds(bytes, { kind, start, end: start + size });
}

function longSpan(bytes: Uint8Array, kind: Span['kind'], at: number, lengthSize: number): Span {
  if (byteAt(bytes, at) === 0) throw syntax(`a length with a leading zero, at ${at}`);
  let size = 0;
  for (let index = 0; index < lengthSize; index++) size = size * 256 + byteAt(bytes, at + index);
  if (size <= 55) throw syntax(`a length of ${size} in long form, at ${at}`);
  const start = at + lengthSize;
  return withinBounds(bytes, { kind, start, end: start + size });
}

function withinBounds(bytes: Uint8Array, span: Span): Span {
  if (span.end > bytes.length) throw syntax(`an item up to ${span.end} in ${bytes.length} bytes`);
  return span;
}

function assertWhole(bytes: Uint8Array, span: Span): void {
  if (span.end !== bytes.length) throw syntax(`${bytes.length - span.end} bytes after the item`);
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw syntax(`the bytes end at ${at}`);
  return byte;
}

function syntax(message: string): EvidenceError {
  return new EvidenceError('RLP_SYNTAX', `RLP: ${message}`);
}
