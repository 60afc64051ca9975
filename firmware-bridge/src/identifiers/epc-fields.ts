/**
 * The parts of an EPC in bits.
 * Spec: EPC Tag Data Standard 1.13 §14.3 (integers, texts, partitions), §14.5 (each scheme).
 * @module
 */
import { MAX_PREFIX } from './epc-parts.ts';
import { IdentifierError, shown } from './errors.ts';

/** A part of the identity, or several, in bits. */
export interface Field {
  read(bits: BitReader): readonly string[];
  /** Takes from the front of `parts` what it writes. */
  write(parts: string[]): string;
}

export interface BitReader {
  take(count: number, what: string): string;
  left(): number;
}

// Tables 14-2 and following: partition value 0 is a prefix of twelve digits, 6 one of six.
const PREFIX_BITS = [40, 37, 34, 30, 27, 24, 20];

/** The company's prefix and the reference behind it, which share their digits. */
export function partition(referenceBits: readonly number[], digits: number): Field {
  return {
    read(bits) {
      const [prefix, value] = readPrefix(bits);
      const length = digits - prefix.length;
      return [prefix, paddedNumber(bits.take(referenceBits[value] as number, 'reference'), length)];
    },
    write(parts) {
      const [prefix = '', reference = ''] = parts.splice(0, 2);
      const value = MAX_PREFIX - prefix.length;
      return writePrefix(prefix) + binary(BigInt(reference || '0'), referenceBits[value] as number);
    },
  };
}

/** The same with a number without leading zeros: GIAI-96, CPI-96. */
export function partitionUnpadded(referenceBits: readonly number[]): Field {
  return {
    read(bits) {
      const [prefix, value] = readPrefix(bits);
      return [prefix, integer(bits.take(referenceBits[value] as number, 'reference'))];
    },
    write(parts) {
      const [prefix = '', reference = ''] = parts.splice(0, 2);
      const value = MAX_PREFIX - prefix.length;
      return writePrefix(prefix) + writeInteger(reference, referenceBits[value] as number);
    },
  };
}

/** The same with a text that fills the rest: GIAI-202. */
export function partitionText(referenceBits: readonly number[]): Field {
  return {
    read(bits) {
      const [prefix, value] = readPrefix(bits);
      return [prefix, readText(bits.take(referenceBits[value] as number, 'reference'))];
    },
    write(parts) {
      const [prefix = '', reference = ''] = parts.splice(0, 2);
      const value = MAX_PREFIX - prefix.length;
      return writePrefix(prefix) + writeText(reference, referenceBits[value] as number);
    },
  };
}

/** The same with a text of six-bit characters that ends itself: CPI-var. */
export const partitionSixBit: Field = {
  read(bits) {
    const [prefix] = readPrefix(bits);
    return [prefix, readSixBit(bits)];
  },
  write(parts) {
    const [prefix = '', reference = ''] = parts.splice(0, 2);
    return writePrefix(prefix) + writeSixBit(reference);
  },
};

export const number = (count: number): Field => ({
  read: (bits) => [integer(bits.take(count, 'number'))],
  write: (parts) => writeInteger(parts.shift() ?? '', count),
});

/** Two digits: the piece of a set. */
export const twoDigits: Field = {
  read: (bits) => [paddedNumber(bits.take(7, 'number of a piece'), 2)],
  write: (parts) => binary(BigInt(parts.shift() ?? ''), 7),
};

/** Digits whose leading zeros count: a 1 is put before them, and the whole is a number. */
export const digits = (count: number): Field => ({
  read(bits) {
    const marked = integer(bits.take(count, 'serial'));
    if (!/^1\d+$/.test(marked))
      throw range(`the serial’s bits say ${marked}, which does not begin with the mark 1`);
    return [marked.slice(1)];
  },
  write(parts) {
    const serial = parts.shift() ?? '';
    if (!/^\d+$/.test(serial)) throw range(`the serial ${shown(serial)} is no number`);
    return writeInteger(`1${serial}`, count);
  },
});

export const text = (count: number): Field => ({
  read: (bits) => [readText(bits.take(count, 'serial'))],
  write: (parts) => writeText(parts.shift() ?? '', count),
});

export const zeros = (count: number): Field => ({
  read(bits) {
    assertZero(bits.take(count, 'reserved bits'), 'reserved');
    return [];
  },
  write: () => '0'.repeat(count),
});

/** Six characters of eight bits, five of them behind a blank: USDOD-96. */
export const cage8: Field = {
  read: (bits) => [readCage(groups(bits.take(48, 'CAGE code'), 8).map(fromEightBit))],
  write: (parts) => writeCage(parts.shift() ?? '', 8),
};

/** The same in six bits: ADI-var. */
export const cage6: Field = {
  read: (bits) => [readCage(groups(bits.take(36, 'CAGE code'), 6).map(fromSixBit))],
  write: (parts) => writeCage(parts.shift() ?? '', 6),
};

export const sixBit: Field = {
  read: (bits) => [readSixBit(bits)],
  write: (parts) => writeSixBit(parts.shift() ?? ''),
};

export function readerOf(bits: string, from: number): BitReader {
  let at = from;
  return {
    take(count, what) {
      if (at + count > bits.length) throw range(`the tag ends within its ${what}`);
      at += count;
      return bits.slice(at - count, at);
    },
    left: () => bits.length - at,
  };
}

function readPrefix(bits: BitReader): readonly [prefix: string, partition: number] {
  const value = Number.parseInt(bits.take(3, 'partition'), 2);
  const count = PREFIX_BITS[value];
  if (count === undefined) throw range('partition value 7 stands for no length of prefix');
  return [paddedNumber(bits.take(count, 'company’s prefix'), MAX_PREFIX - value), value];
}

function writePrefix(prefix: string): string {
  const value = MAX_PREFIX - prefix.length;
  return binary(BigInt(value), 3) + binary(BigInt(prefix), PREFIX_BITS[value] as number);
}

function integer(bits: string): string {
  return BigInt(`0b${bits}`).toString();
}

function paddedNumber(bits: string, length: number): string {
  const value = integer(bits);
  if (length === 0 && value === '0') return '';
  if (value.length > length)
    throw range(`${value} has more than the ${length} digits of its place`);
  return value.padStart(length, '0');
}

export function writeInteger(digits: string, count: number): string {
  if (!/^(?:0|[1-9]\d*)$/.test(digits))
    throw range(`${shown(digits)} is no number without leading zeros, as ${count} bits need`);
  return binary(BigInt(digits), count);
}

export function binary(value: bigint, count: number): string {
  const bits = value.toString(2).padStart(count, '0');
  if (bits.length > count) throw range(`${value} does not fit ${count} bits`);
  return bits;
}

/** Seven bits a character, zeros behind the last. */
function readText(bits: string): string {
  const codes = groups(bits, 7).map((group) => Number.parseInt(group, 2));
  assertZero(bits.slice(codes.length * 7), 'padding');
  const end = codes.indexOf(0);
  if (end < 0) return String.fromCharCode(...codes);
  if (codes.slice(end).some((code) => code !== 0)) throw syntax('a text goes on behind its end');
  return String.fromCharCode(...codes.slice(0, end));
}

function writeText(text: string, count: number): string {
  const bits = Array.from(text, (c) => binary(BigInt(c.charCodeAt(0)), 7)).join('');
  if (bits.length > count)
    throw range(`${shown(text)} has ${text.length} characters; ${count / 7} fit`);
  return bits.padEnd(count, '0');
}

const END_OF_TEXT = '000000';
// The longest there is: 32 characters of an aircraft's part number.
const MAX_SIX_BIT = 33;

function readSixBit(bits: BitReader): string {
  let text = '';
  for (let i = 0; i <= MAX_SIX_BIT; i++) {
    const group = bits.take(6, 'text');
    if (group === END_OF_TEXT) return text;
    text += fromSixBit(group);
  }
  throw range('a text has no end');
}

function writeSixBit(text: string): string {
  return toSixBit(text) + END_OF_TEXT;
}

/** The lower six bits of ASCII; capitals are 1 to 26. */
function fromSixBit(group: string): string {
  const code = Number.parseInt(group, 2);
  return String.fromCharCode(code < 0x20 ? code | 0x40 : code);
}

function toSixBit(text: string): string {
  return Array.from(text, (c) => binary(BigInt(c.charCodeAt(0) & 0x3f), 6)).join('');
}

function fromEightBit(group: string): string {
  return String.fromCharCode(Number.parseInt(group, 2));
}

function readCage(characters: readonly string[]): string {
  const cage = characters.join('');
  return cage.startsWith(' ') ? cage.slice(1) : cage;
}

function writeCage(cage: string, count: 6 | 8): string {
  const six = cage.padStart(6, ' ');
  if (count === 6) return toSixBit(six);
  return Array.from(six, (c) => binary(BigInt(c.charCodeAt(0)), 8)).join('');
}

export function groups(bits: string, size: number): readonly string[] {
  return bits.match(new RegExp(`.{${size}}`, 'g')) ?? [];
}

export function assertZero(bits: string, what: string): void {
  if (bits.includes('1')) throw syntax(`the ${what} bits behind the EPC are not zero`);
}

export function range(message: string): IdentifierError {
  return new IdentifierError('IDENTIFIER_RANGE', message);
}

export function syntax(message: string): IdentifierError {
  return new IdentifierError('IDENTIFIER_SYNTAX', message);
}
