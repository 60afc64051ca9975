/**
 * Plain byte work: hexadecimal, base64, comparison. Text forms are canonical or refused.
 * @module
 */
import { EvidenceError } from '../errors.ts';

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SEXTETS = new Int16Array(128).fill(-1);
for (let index = 0; index < 64; index += 1) SEXTETS[ALPHABET.charCodeAt(index)] = index;

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) {
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}

/** Bytewise order, shorter first on a common prefix. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Lower-case hexadecimal only. @throws EvidenceError HEX_SYNTAX */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text))
    throw new EvidenceError('HEX_SYNTAX', `lower-case hexadecimal expected, got ${clip(text)}`);
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

/** RFC 4648 §4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    text += at + 1 < bytes.length ? ALPHABET.charAt((group >> 6) & 63) : '=';
    text += at + 2 < bytes.length ? ALPHABET.charAt(group & 63) : '=';
  }
  return text;
}

/** Padding required, unused bits zero (RFC 4648 §3.5): one text per byte string. @throws EvidenceError BASE64_SYNTAX */
export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0) throw base64Error(text);
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const lastSextet = text.length - padding;
  for (let at = 0, out = 0; at < text.length; at += 4) {
    let group = 0;
    for (let offset = 0; offset < 4; offset += 1) {
      const index = at + offset;
      const code = text.charCodeAt(index);
      const sextet = index >= lastSextet ? 0 : code < 128 ? (SEXTETS[code] ?? -1) : -1;
      if (sextet < 0) throw base64Error(text);
      group = (group << 6) | sextet;
    }
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (group >> shift) & 255;
      if (out < bytes.length) bytes[out++] = byte;
      else if (byte !== 0) throw base64Error(text);
    }
  }
  return bytes;
}

function base64Error(text: string): EvidenceError {
  return new EvidenceError('BASE64_SYNTAX', `canonical base64 expected, got ${clip(text)}`);
}

/** A piece of foreign text short enough for a message. */
export function clip(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
