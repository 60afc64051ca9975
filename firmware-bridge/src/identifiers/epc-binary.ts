/**
 * EPC binary encodings: header, filter value, then the parts of the identity in bits.
 *
 *     header, 8 | filter, 3 | partition, 3 | company's prefix, 20 … 40 | reference | serial
 *
 * Spec: EPC Tag Data Standard 1.13 §14.2 (headers in table 14-1, partitions in tables 14-2 to 14-22). Headers of TDS 2.0,
 * whose encodings are of another making, are named when met.
 * @module
 */

import {
  assertZero,
  binary,
  cage6,
  cage8,
  digits,
  type Field,
  groups,
  number,
  partition,
  partitionSixBit,
  partitionText,
  partitionUnpadded,
  range,
  readerOf,
  sixBit,
  syntax,
  text,
  twoDigits,
  writeInteger,
  zeros,
} from './epc-fields.ts';
import { checkedIdentity, type EpcIdentity } from './epc-identity.ts';
import type { EpcType } from './epc-types.ts';
import { IdentifierError, shown } from './errors.ts';

export type EpcScheme = keyof typeof SCHEMES;

export interface Epc extends EpcIdentity {
  readonly scheme: EpcScheme;
  /** What kind of packing it is, 0 where nobody says; null where the scheme has none. */
  readonly filter: number | null;
}

interface Scheme {
  readonly type: EpcType;
  readonly header: number;
  /** Null: as long as its texts are. */
  readonly bits: number | null;
  readonly filterBits: number;
  readonly fields: readonly Field[];
}

const SGTIN = [4, 7, 10, 14, 17, 20, 24];
const SSCC = [18, 21, 24, 28, 31, 34, 38];
const SGLN = [1, 4, 7, 11, 14, 17, 21];
const GIAI_96 = [42, 45, 48, 52, 55, 58, 62];
const GIAI_202 = [148, 151, 154, 158, 161, 164, 168];
const CPI_96 = [11, 14, 17, 21, 24, 27, 31];

const scheme = (
  type: EpcType,
  header: number,
  bits: number | null,
  filterBits: number,
  ...fields: readonly Field[]
): Scheme => ({ type, header, bits, filterBits, fields });

const SCHEMES = {
  'gdti-96': scheme('gdti', 0x2c, 96, 3, partition(SGLN, 12), number(41)),
  'gsrn-96': scheme('gsrn', 0x2d, 96, 3, partition(SSCC, 17), zeros(24)),
  'gsrnp-96': scheme('gsrnp', 0x2e, 96, 3, partition(SSCC, 17), zeros(24)),
  'usdod-96': scheme('usdod', 0x2f, 96, 4, cage8, number(36)),
  'sgtin-96': scheme('sgtin', 0x30, 96, 3, partition(SGTIN, 13), number(38)),
  'sscc-96': scheme('sscc', 0x31, 96, 3, partition(SSCC, 17), zeros(24)),
  'sgln-96': scheme('sgln', 0x32, 96, 3, partition(SGLN, 12), number(41)),
  'grai-96': scheme('grai', 0x33, 96, 3, partition(SGTIN, 12), number(38)),
  'giai-96': scheme('giai', 0x34, 96, 3, partitionUnpadded(GIAI_96)),
  'gid-96': scheme('gid', 0x35, 96, 0, number(28), number(24), number(36)),
  'sgtin-198': scheme('sgtin', 0x36, 198, 3, partition(SGTIN, 13), text(140)),
  'grai-170': scheme('grai', 0x37, 170, 3, partition(SGTIN, 12), text(112)),
  'giai-202': scheme('giai', 0x38, 202, 3, partitionText(GIAI_202)),
  'sgln-195': scheme('sgln', 0x39, 195, 3, partition(SGLN, 12), text(140)),
  'gdti-113': scheme('gdti', 0x3a, 113, 3, partition(SGLN, 12), digits(58)),
  'adi-var': scheme('adi', 0x3b, null, 6, cage6, sixBit, sixBit),
  'cpi-96': scheme('cpi', 0x3c, 96, 3, partitionUnpadded(CPI_96), number(31)),
  'cpi-var': scheme('cpi', 0x3d, null, 3, partitionSixBit, number(40)),
  'gdti-174': scheme('gdti', 0x3e, 174, 3, partition(SGLN, 12), text(119)),
  'sgcn-96': scheme('sgcn', 0x3f, 96, 3, partition(SGLN, 12), digits(41)),
  'itip-110': scheme('itip', 0x40, 110, 3, partition(SGTIN, 13), twoDigits, twoDigits, number(38)),
  'itip-212': scheme('itip', 0x41, 212, 3, partition(SGTIN, 13), twoDigits, twoDigits, text(140)),
} as const satisfies Record<string, Scheme>;

export const EPC_SCHEMES = Object.keys(SCHEMES) as readonly EpcScheme[];

export function isEpcScheme(name: string): name is EpcScheme {
  return Object.hasOwn(SCHEMES, name);
}

export function typeOfScheme(name: EpcScheme): EpcType {
  return SCHEMES[name].type;
}

/** Greatest filter value of a scheme; null where it has none. */
export function maxFilter(name: EpcScheme): number | null {
  const { filterBits } = SCHEMES[name];
  return filterBits === 0 ? null : 2 ** filterBits - 1;
}

// A tag's EPC bank holds at most 31 words of EPC.
const MAX_HEX_LENGTH = 124;

/** Hexadecimal text of an EPC bank, zeros behind the EPC allowed. @throws IdentifierError */
export function decodeEpc(hex: string): Epc {
  if (!/^[0-9A-Fa-f]+$/.test(hex)) throw syntax(`${shown(hex)} is not hexadecimal`);
  if (hex.length > MAX_HEX_LENGTH)
    throw range(`an EPC has at most 496 bits, not ${hex.length * 4}`);
  const all = Array.from(hex, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'));
  const bits = all.join('');
  const header = Number.parseInt(bits.slice(0, 8), 2);
  const name = EPC_SCHEMES.find((known) => SCHEMES[known].header === header);
  if (name === undefined || bits.length < 8) throw unknownHeader(header);
  const { type, filterBits, fields, bits: due } = SCHEMES[name];
  if (due !== null && bits.length < due) throw range(`${name} has ${due} bits, not ${bits.length}`);
  const reader = readerOf(bits, 8);
  const filter = filterBits === 0 ? null : Number.parseInt(reader.take(filterBits, 'filter'), 2);
  const parts = fields.flatMap((field) => field.read(reader));
  assertZero(reader.take(reader.left(), 'padding'), 'padding');
  return { ...checkedIdentity(type, parts), scheme: name, filter };
}

/** Capital hexadecimal text, filled with zero bits to whole 16-bit words as a tag keeps it. @throws IdentifierError */
export function encodeEpc({ scheme: name, filter, type, parts }: Epc): string {
  const { header, filterBits, fields, type: due } = SCHEMES[name];
  if (type !== due) throw syntax(`${name} carries ${due}, not ${type}`);
  checkedIdentity(type, parts);
  if ((filter === null) !== (filterBits === 0))
    throw syntax(`${name} has ${filterBits === 0 ? 'no' : 'a'} filter value`);
  const left = [...parts];
  const body = fields.map((field) => field.write(left)).join('');
  const bits =
    binary(BigInt(header), 8) +
    (filter === null ? '' : writeInteger(String(filter), filterBits)) +
    body;
  const padded = bits.padEnd(Math.ceil(bits.length / 16) * 16, '0');
  return groups(padded, 4)
    .map((nibble) => Number.parseInt(nibble, 2).toString(16))
    .join('')
    .toUpperCase();
}

/** Every scheme that can carry this identity, the shortest first. */
export function schemesFor(identity: EpcIdentity): readonly EpcScheme[] {
  return EPC_SCHEMES.filter((name) => {
    const { type, filterBits } = SCHEMES[name];
    if (type !== identity.type) return false;
    try {
      encodeEpc({ ...identity, scheme: name, filter: filterBits === 0 ? null : 0 });
      return true;
    } catch (error) {
      if (error instanceof IdentifierError) return false;
      throw error;
    }
  });
}

function unknownHeader(header: number): IdentifierError {
  const hex = header.toString(16).toUpperCase().padStart(2, '0');
  const [, , reason] = OTHER_HEADERS.find(([from, to]) => header >= from && header <= to) ?? [];
  return new IdentifierError(
    'IDENTIFIER_UNKNOWN',
    `the header ${hex} ${reason ?? 'is no scheme of the EPC Tag Data Standard'}`,
  );
}

const OTHER_HEADERS: readonly (readonly [from: number, to: number, reason: string])[] = [
  [0x00, 0x00, 'is that of a tag nobody has written'],
  [0xe2, 0xe2, 'is that of a chip’s own number: its maker wrote it, no EPC'],
  [0xe6, 0xfd, 'is one of the “+” and “++” schemes of TDS 2, which are not read here'],
];
