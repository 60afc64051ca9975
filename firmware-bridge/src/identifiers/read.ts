/**
 * Whatever someone holds in hand, in every notation there is for it.
 * @module
 */
import {
  decodeEpc,
  type Epc,
  type EpcScheme,
  encodeEpc,
  maxFilter,
  schemesFor,
} from './epc-binary.ts';
import { type EpcIdentity, fromGs1Key, toGs1Key } from './epc-identity.ts';
import type { Gs1Key } from './epc-parts.ts';
import type { EpcType } from './epc-types.ts';
import { formatPureIdentity, formatTagUri, parsePureIdentity, parseTagUri } from './epc-uri.ts';
import { IdentifierError, shown } from './errors.ts';
import {
  formatDigitalLink,
  formatElementString,
  namesKind,
  parseDigitalLink,
  parseElementString,
} from './gs1-text.ts';
import { formatTransponder, readTransponder, type TransponderReading } from './iso11784.ts';

/** How one thing is written on one kind of tag. */
export interface Encoding {
  readonly scheme: EpcScheme;
  readonly tagUri: string;
  readonly hex: string;
}

export interface EpcReading {
  readonly kind: 'epc';
  readonly type: EpcType;
  readonly pureIdentity: string;
  readonly elementString: string | null;
  readonly digitalLink: string | null;
  /** As the tag said; null where a notation names no tag, and the encodings take 0. */
  readonly filter: number | null;
  readonly filterMeans: string | null;
  readonly encodings: readonly Encoding[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A key whose company prefix nobody told, or that names a kind of thing: it has no EPC by itself. */
export interface Gs1Reading {
  readonly kind: 'gs1';
  readonly elementString: string;
  readonly digitalLink: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly note: string;
}

export interface AnimalReading {
  readonly kind: 'transponder';
  readonly notation: TransponderReading['notation'];
  readonly decimal: string;
  readonly dotHex: string;
  readonly hex: string;
  readonly hexReversed: string;
  readonly country: number;
  readonly issuer: 'country' | 'manufacturer' | 'test';
  readonly nationalId: number;
  readonly flags: TransponderReading['transponder']['flags'];
}

export type IdentifierReading = EpcReading | Gs1Reading | AnimalReading;

export interface ReadOptions {
  /** Digits of the company's prefix: no GS1 key tells it, and each length is another EPC. */
  readonly prefixLength?: number;
  readonly filter?: number;
}

/** Every reading of a text, at least one. @throws IdentifierError with the reason why there is none */
export function readIdentifier(
  text: string,
  options: ReadOptions = {},
): readonly IdentifierReading[] {
  const trimmed = text.trim();
  const readings: IdentifierReading[] = [];
  const failures: IdentifierError[] = [];
  for (const attempt of attemptsFor(trimmed, options)) {
    try {
      readings.push(...attempt());
    } catch (error) {
      if (!(error instanceof IdentifierError)) throw error;
      failures.push(error);
    }
  }
  if (readings.length > 0) return readings;
  throw failures.find(({ code }) => code !== 'IDENTIFIER_UNKNOWN') ?? failures[0];
}

type Attempt = () => readonly IdentifierReading[];

const DIGIT_KEYS: Readonly<Record<number, readonly string[]>> = {
  8: ['01'],
  12: ['01'],
  13: ['01', '414'],
  14: ['01'],
  18: ['00', '8018', '8017'],
};

function* attemptsFor(text: string, options: ReadOptions): Generator<Attempt> {
  if (/^urn:epc:id:/i.test(text)) {
    yield () => [fromIdentity(parsePureIdentity(text), null, {}, options)];
    return;
  }
  if (/^urn:/i.test(text)) {
    yield () => [fromTag(parseTagUri(text))];
    return;
  }
  if (/^https?:/i.test(text)) {
    yield () => [fromGs1(parseDigitalLink(text), options)];
    return;
  }
  if (['(', ']', '\u001d'].includes(text[0] ?? '')) {
    yield () => [fromGs1(parseElementString(text), options)];
    return;
  }
  const hex = text.replace(/^0x/i, '').replace(/[\s:-]/g, '');
  if (/^[0-9a-f]{16,}$/i.test(hex) && !/^\d{3}[ .-]\d{12}$/.test(text))
    yield () => [fromTag(decodeEpc(hex))];
  for (const ai of DIGIT_KEYS[/^\d+$/.test(text) ? text.length : 0] ?? [])
    yield () => [
      fromGs1(parseElementString(`(${ai})${ai === '01' ? text.padStart(14, '0') : text}`), options),
    ];
  if (/^(?:00\d{18}|01\d{14}|253\d{13}|255\d{13}|414\d{13}|80(?:03|04|06|10|17|18)\d)/.test(text))
    yield () => [fromGs1(parseElementString(text), options)];
  if (/^[0-9a-z .:-]{13,40}$/i.test(text)) yield () => readTransponder(text).map(fromTransponder);
  yield () => {
    const hint = OLDER_TAG.test(text)
      ? '; ten hexadecimal digits are an older animal tag, which has no country'
      : '';
    throw new IdentifierError(
      'IDENTIFIER_UNKNOWN',
      `${shown(text)} is neither EPC, GS1 key nor animal transponder${hint}`,
    );
  };
}

// 400 kHz FDX-A of fish, 125 kHz EM4100 of pets.
const OLDER_TAG = /^[0-9a-f]{10}$/i;

function fromTag(epc: Epc): EpcReading {
  const encoding = { scheme: epc.scheme, tagUri: formatTagUri(epc), hex: encodeEpc(epc) };
  return epcReading(epc, epc.filter, {}, [encoding]);
}

function fromIdentity(
  identity: EpcIdentity,
  filter: number | null,
  attributes: Readonly<Record<string, string>>,
  options: ReadOptions,
): EpcReading {
  const encodings = schemesFor(identity).map((scheme) => {
    const wanted = maxFilter(scheme) === null ? null : (options.filter ?? filter ?? 0);
    const epc = { ...identity, scheme, filter: wanted };
    return { scheme, tagUri: formatTagUri(epc), hex: encodeEpc(epc) };
  });
  return epcReading(identity, options.filter ?? filter, attributes, encodings);
}

function epcReading(
  identity: EpcIdentity,
  filter: number | null,
  attributes: Readonly<Record<string, string>>,
  encodings: readonly Encoding[],
): EpcReading {
  const key = toGs1Key(identity);
  return {
    kind: 'epc',
    type: identity.type,
    pureIdentity: formatPureIdentity(identity),
    elementString: key && formatElementString(key),
    digitalLink: key && formatDigitalLink(key),
    filter,
    filterMeans: filter === null ? null : filterMeaning(identity.type, filter),
    encodings,
    attributes,
  };
}

function fromGs1(
  { key, attributes }: { key: Gs1Key; attributes: Readonly<Record<string, string>> },
  options: ReadOptions,
): EpcReading | Gs1Reading {
  const isKind = namesKind(key);
  if (options.prefixLength !== undefined && !isKind)
    return fromIdentity(fromGs1Key(key, options.prefixLength), null, attributes, options);
  return {
    kind: 'gs1',
    elementString: formatElementString(key),
    digitalLink: formatDigitalLink(key),
    attributes,
    note: isKind
      ? 'it names a kind of thing, not one thing: without a serial it has no EPC'
      : 'its EPC depends on how many digits the company’s prefix has, 6 to 12: say how many',
  };
}

function fromTransponder({ notation, transponder }: TransponderReading): AnimalReading {
  const { country, id, flags } = transponder;
  const issuer = country === 999 ? 'test' : country >= 900 ? 'manufacturer' : 'country';
  return {
    kind: 'transponder',
    notation,
    ...formatTransponder(transponder),
    country,
    issuer,
    nationalId: id,
    flags,
  };
}

// TDS 1.13 tables 10-2 to 10-5.
const FILTERS: Partial<Record<EpcType, Readonly<Record<number, string>>>> = {
  sgtin: {
    0: 'other',
    1: 'point of sale',
    2: 'full case for transport',
    4: 'inner pack',
    6: 'unit load',
    7: 'inside something else',
  },
  sscc: { 0: 'other', 2: 'full case for transport', 6: 'unit load' },
};

function filterMeaning(type: EpcType, filter: number): string {
  const reserved = filter === 0 ? 'other' : 'reserved';
  return FILTERS[type]?.[filter] ?? reserved;
}
