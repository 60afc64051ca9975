/**
 * Animal transponders: the 64-bit code of ISO 11784 in the notations that readers, ear tags and databases use.
 *
 *     bit   1       2 … 4      5 … 9      10 … 15   16          17 … 26   27 … 64
 *           animal  retagging  user info  reserved  data block  country   national identification
 *
 * Spec: ISO 11784:1996 with Amd 2:2010; the 23-digit form is ISO 24631-6's. Code 900 to 998 is a manufacturer that ICAR
 * registered (900 is shared by several), 999 marks a test transponder, and what is below is a country of ISO 3166-1.
 * @module
 */
import { IdentifierError, shown } from './errors.ts';

/** What the 64 bits say beside country and identification. */
export interface TransponderFlags {
  readonly animal: boolean;
  /** How often the animal was tagged anew, 0 to 7. */
  readonly retagging: number;
  /** The species in some countries, 0 to 31. */
  readonly userInfo: number;
  readonly dataBlock: boolean;
}

export type TransponderTechnology = 'FDX-B' | 'HDX';

export interface Transponder {
  /** Country or manufacturer, 1 to 999. */
  readonly country: number;
  /** National identification code, 38 bits. */
  readonly id: number;
  /** Null where the notation does not tell them. */
  readonly flags: TransponderFlags | null;
  /** How the transponder speaks, ISO 11785; null where nobody says. */
  readonly technology: TransponderTechnology | null;
}

/** In the words of `formatTransponder`, and the 23 digits that tell all fields. */
export type TransponderNotation = 'decimal' | 'decimal23' | 'dotHex' | 'hex' | 'hexReversed';

export interface TransponderReading {
  readonly notation: TransponderNotation;
  readonly transponder: Transponder;
}

export interface TransponderForms {
  /** Fifteen digits, as on ear tags: 982000123456789. */
  readonly decimal: string;
  /** Three and ten hexadecimal digits, as PTAGIS keeps them: 3D6.00075BCD15. */
  readonly dotHex: string;
  /** The 64 bits, the animal bit first. Where the notation told no flags, those of a plain animal tag. */
  readonly hex: string;
  /** The 64 bits as they come over the air: the last first. */
  readonly hexReversed: string;
}

export const MAX_NATIONAL_ID = 2 ** 38 - 1;
const TEST_CODE = 999;
const PLAIN: TransponderFlags = { animal: true, retagging: 0, userInfo: 0, dataBlock: false };

const TECHNOLOGY = /^(FDX-?B|HDX)[ :]+/i;
const DOT_HEX = /^([0-9a-f]{3})\.([0-9a-f]{10})$/i;
const DECIMAL = /^0?(\d{3})[ .-]?(\d{12})$/;
const DECIMAL_23 = /^([01AR])(\d)(\d\d)(\d\d)([01])(\d{4})(\d{12})$/i;
const HEX_64 = /^[0-9a-f]{16}$/i;

/** The one reading there is. @throws IdentifierError */
export function parseTransponder(text: string, notation?: TransponderNotation): Transponder {
  const all = readTransponder(text).filter((one) => !notation || one.notation === notation);
  const plain = all.filter(({ transponder }) => isPlain(transponder.flags));
  const [one, other] = plain.length > 0 ? plain : all;
  if (one === undefined)
    throw new IdentifierError('IDENTIFIER_UNKNOWN', `${shown(text)} is no ${notation} transponder`);
  if (other !== undefined)
    throw new IdentifierError(
      'IDENTIFIER_AMBIGUOUS',
      `${shown(text)} is ${formatTransponder(one.transponder).decimal} (${one.notation}) or ` +
        `${formatTransponder(other.transponder).decimal} (${other.notation}): say which notation it is`,
    );
  return one.transponder;
}

/** Every transponder this text can mean, at least one. @throws IdentifierError */
export function readTransponder(text: string): readonly TransponderReading[] {
  const trimmed = text.trim();
  const [prefix = '', said] = TECHNOLOGY.exec(trimmed) ?? [];
  const technology = said ? (said.toUpperCase().startsWith('F') ? 'FDX-B' : 'HDX') : null;
  const code = trimmed.slice(prefix.length);
  const readings: TransponderReading[] = [];
  let failure: IdentifierError | null = null;
  for (const [notation, read] of Object.entries(READERS)) {
    try {
      const bare = read(code);
      if (bare !== null)
        readings.push({
          notation: notation as TransponderNotation,
          transponder: { ...bare, technology },
        });
    } catch (error) {
      if (!(error instanceof IdentifierError)) throw error;
      failure ??= error;
    }
  }
  if (readings.length > 0) return readings;
  throw failure ?? unknown(text);
}

/** The code in the notations that everyone asks for. @throws IdentifierError IDENTIFIER_RANGE */
export function formatTransponder(transponder: Transponder): TransponderForms {
  const { country, id } = checked(transponder);
  const flags = transponder.flags ?? PLAIN;
  const high =
    (flags.animal ? 0x8000 : 0) |
    (ranged('retagging count', flags.retagging, 7) << 12) |
    (ranged('user information', flags.userInfo, 31) << 7) |
    (flags.dataBlock ? 1 : 0);
  const bits = (BigInt(high) << 48n) | (BigInt(country) << 38n) | BigInt(id);
  return {
    decimal: `${digits(country, 3)}${digits(id, 12)}`,
    dotHex: `${hex(country, 3)}.${hex(id, 10)}`,
    hex: hex(bits, 16),
    hexReversed: hex(reversed(bits), 16),
  };
}

type Bare = Omit<Transponder, 'technology'>;

/** Null: the text is not of this notation at all. */
const READERS: Readonly<Record<TransponderNotation, (code: string) => Bare | null>> = {
  decimal(code) {
    const [, country, id] = DECIMAL.exec(code) ?? [];
    return country && id
      ? checked({ country: Number(country), id: Number(id), flags: null })
      : null;
  },
  decimal23(code) {
    const [, animal = '', retagging, userInfo, reserved, dataBlock, country, id] =
      DECIMAL_23.exec(code) ?? [];
    if (!animal) return null;
    ranged('reserved field', Number(reserved), 0);
    const flags = {
      animal: animal === '1' || animal.toUpperCase() === 'A',
      retagging: ranged('retagging count', Number(retagging), 7),
      userInfo: ranged('user information', Number(userInfo), 31),
      dataBlock: dataBlock === '1',
    };
    return checked({ country: Number(country), id: Number(id), flags });
  },
  dotHex(code) {
    const [, country, id] = DOT_HEX.exec(code) ?? [];
    if (!country || !id) return null;
    return checked({
      country: Number.parseInt(country, 16),
      id: Number.parseInt(id, 16),
      flags: null,
    });
  },
  hex: (code) => (HEX_64.test(code) ? fromBits(BigInt(`0x${code}`)) : null),
  hexReversed: (code) => (HEX_64.test(code) ? fromBits(reversed(BigInt(`0x${code}`))) : null),
};

function fromBits(bits: bigint): Bare {
  const high = Number(bits >> 48n);
  ranged('reserved field', (high >> 1) & 0x3f, 0);
  return checked({
    country: Number((bits >> 38n) & 0x3ffn),
    id: Number(bits & 0x3fffffffffn),
    flags: {
      animal: high >> 15 === 1,
      retagging: (high >> 12) & 7,
      userInfo: (high >> 7) & 31,
      dataBlock: (high & 1) === 1,
    },
  });
}

function checked<T extends Bare>(bare: T): T {
  ranged('country or manufacturer', bare.country, TEST_CODE, 1);
  ranged('national identification', bare.id, MAX_NATIONAL_ID);
  return bare;
}

function ranged(what: string, value: number, most: number, least = 0): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const due = most === least ? `${least}` : `${least} to ${most}`;
  throw new IdentifierError(
    'IDENTIFIER_RANGE',
    `the ${what} of a transponder is ${due}, not ${value}`,
  );
}

function isPlain(flags: TransponderFlags | null): boolean {
  return (
    flags === null || (flags.animal && !flags.dataBlock && flags.retagging + flags.userInfo === 0)
  );
}

function reversed(bits: bigint): bigint {
  return BigInt(`0b${Array.from(bits.toString(2).padStart(64, '0')).reverse().join('')}`);
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function hex(value: number | bigint, length: number): string {
  return value.toString(16).toUpperCase().padStart(length, '0');
}

function unknown(text: string): IdentifierError {
  const code = text.trim();
  const hint = /^[0-9a-f]{10}$/i.test(code)
    ? ': ten hexadecimal digits are an older tag (400 kHz FDX-A, or EM4100), which has no country'
    : ': expected are 15 digits, three and ten hexadecimal digits with a dot between, or 16 hexadecimal digits';
  return new IdentifierError('IDENTIFIER_UNKNOWN', `${shown(code)} is no ISO 11784 code${hint}`);
}
