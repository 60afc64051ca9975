/**
 * GS1 keys as people and scanners write them:
 *
 *     (01)80614141123458(21)6789                        element string, bracketed
 *     018061414112345821 6789                           the same as scanned: FNC1 (GS) behind what has no fixed length
 *     https://id.gs1.org/01/80614141123458/21/6789      GS1 Digital Link
 *
 * Spec: GS1 General Specifications §3; GS1 Digital Link URI Syntax 1.2.
 * @module
 */
import type { Gs1Key } from './epc-parts.ts';
import { IdentifierError, shown } from './errors.ts';
import { assertCheckDigit, assertDigits, assertText, escapePath } from './gs1.ts';

export interface Gs1Text {
  readonly key: Gs1Key;
  /** What else the text says of the thing, by application identifier: lot, date, weight. */
  readonly attributes: Readonly<Record<string, string>>;
}

type Check = (value: string) => void;

const withDigit =
  (length: number, what: string, most = 0): Check =>
  (value) => {
    const key = value.slice(0, length);
    assertDigits(key, length, what);
    assertCheckDigit(key, what);
    if (value.length > length) assertText(value.slice(length), '82', most, `end of the ${what}`);
  };
const numeric =
  (most: number, what: string): Check =>
  (value) => {
    if (!new RegExp(`^\\d{1,${most}}$`).test(value))
      throw syntax(`the ${what} has 1 to ${most} digits, not ${shown(value)}`);
  };
const characters =
  (most: number, what: string, set: '82' | '39' = '82'): Check =>
  (value) =>
    void assertText(value, set, most, what);

interface Known {
  /** Null: as long as it is, up to the next FNC1. */
  readonly length: number | null;
  readonly check: Check;
  /** The application identifier that tells apart what this names. */
  readonly serial?: string;
  readonly isKey?: true;
}

const attribute = (length: number | null, check: Check): Known => ({ length, check });
const key = (length: number | null, check: Check, serial?: string): Known =>
  serial === undefined ? { length, check, isKey: true } : { length, check, serial, isKey: true };

const KNOWN: Readonly<Record<string, Known>> = {
  '00': key(18, withDigit(18, 'SSCC')),
  '01': key(14, withDigit(14, 'GTIN'), '21'),
  '253': key(null, withDigit(13, 'GDTI', 17)),
  '255': key(null, withDigit(13, 'GCN', 12)),
  '414': key(13, withDigit(13, 'GLN'), '254'),
  '8003': key(null, (value) => {
    if (!value.startsWith('0')) throw syntax(`the GRAI ${shown(value)} does not begin with 0`);
    withDigit(13, 'GRAI', 16)(value.slice(1));
  }),
  '8004': key(null, characters(30, 'GIAI')),
  '8006': key(
    18,
    (value) => {
      withDigit(14, 'GTIN')(value.slice(0, 14));
      assertDigits(value.slice(14), 4, 'piece and number of pieces');
    },
    '21',
  ),
  '8010': key(null, characters(30, 'component', '39'), '8011'),
  '8017': key(18, withDigit(18, 'GSRN')),
  '8018': key(18, withDigit(18, 'GSRN')),
  '21': attribute(null, characters(20, 'serial')),
  '254': attribute(null, characters(20, 'extension')),
  '8011': attribute(null, numeric(12, 'serial')),
  '10': attribute(null, characters(20, 'lot')),
  '11': attribute(6, numeric(6, 'production date')),
  '13': attribute(6, numeric(6, 'packing date')),
  '15': attribute(6, numeric(6, 'best-before date')),
  '17': attribute(6, numeric(6, 'expiry date')),
  '20': attribute(2, numeric(2, 'variant')),
  '22': attribute(null, characters(20, 'consumer variant')),
  '37': attribute(null, numeric(8, 'count')),
};

export function formatElementString({ ai, value, serial }: Gs1Key): string {
  return `(${ai})${value}${serial === null ? '' : `(${serial.ai})${serial.value}`}`;
}

export function formatDigitalLink(
  { ai, value, serial }: Gs1Key,
  base = 'https://id.gs1.org',
): string {
  const tail = serial === null ? '' : `/${serial.ai}/${escapePath(serial.value)}`;
  return `${base}/${ai}/${escapePath(value)}${tail}`;
}

/** Whether the key stands for all things of a kind: a GTIN, or an asset, document or coupon type, without its serial. */
export function namesKind({ ai, value, serial }: Gs1Key): boolean {
  const bare = ai === '8003' ? 14 : 13;
  if (ai === '01' || ai === '8006' || ai === '8010') return serial === null;
  return (ai === '8003' || ai === '253' || ai === '255') && value.length === bare;
}

/** @throws IdentifierError */
export function parseElementString(text: string): Gs1Text {
  return gs1Of(text.startsWith('(') ? bracketed(text) : scanned(text), text);
}

/** @throws IdentifierError */
export function parseDigitalLink(uri: string): Gs1Text {
  const [, path = '', query = ''] =
    /^https?:\/\/[^/?#\s]+\/([^?#\s]*)(?:\?([^#\s]*))?/i.exec(uri) ?? [];
  const segments = path.split('/').map(unescapePath);
  const start = segments.findIndex(
    (segment, i) => KNOWN[segment]?.isKey && (segments.length - i) % 2 === 0,
  );
  if (start < 0)
    throw new IdentifierError('IDENTIFIER_UNKNOWN', `${shown(uri)} is no GS1 Digital Link`);
  const pairs: [string, string][] = [];
  for (let i = start; i < segments.length; i += 2)
    pairs.push([segments[i] ?? '', segments[i + 1] ?? '']);
  for (const part of query.split('&')) {
    const [ai = '', value = ''] = part.split('=').map(unescapePath);
    if (KNOWN[ai] !== undefined) pairs.push([ai, value]);
  }
  return gs1Of(
    pairs.map(([ai, value]) => [ai, ai === '01' ? value.padStart(14, '0') : value]),
    uri,
  );
}

type Pairs = readonly (readonly [ai: string, value: string])[];

/** `(` may be part of a value: it opens an application identifier only where that is known. */
function bracketed(text: string): Pairs {
  const heads = [...text.matchAll(/\((\d{2,4})\)/g)].filter(
    ([, ai = ''], i) => i === 0 || KNOWN[ai] !== undefined,
  );
  return heads.map((head, i) => [
    head[1] ?? '',
    text.slice(head.index + head[0].length, heads[i + 1]?.index ?? text.length),
  ]);
}

const GS = '\u001d';

function scanned(text: string): Pairs {
  const pairs: [string, string][] = [];
  // A scanner may say what kind of code it saw: ]C1, ]d2, ]Q3.
  let rest = text.replace(/^\][A-Za-z]\d/, '').replace(new RegExp(`^${GS}`), '');
  while (rest !== '') {
    const ai = [2, 3, 4].map((n) => rest.slice(0, n)).find((head) => KNOWN[head] !== undefined);
    if (ai === undefined) throw syntax(`no application identifier is known at ${shown(rest)}`);
    const { length } = KNOWN[ai] as Known;
    const end = rest.indexOf(GS);
    const stop = length === null ? (end < 0 ? rest.length : end) : ai.length + length;
    pairs.push([ai, rest.slice(ai.length, stop)]);
    rest = rest.slice(stop).replace(new RegExp(`^${GS}`), '');
  }
  return pairs;
}

function gs1Of(pairs: Pairs, text: string): Gs1Text {
  const values = new Map<string, string>();
  for (const [ai, value] of pairs) {
    const known = KNOWN[ai];
    if (known === undefined) throw syntax(`the application identifier (${ai}) is not known here`);
    if (values.has(ai)) throw syntax(`(${ai}) comes twice in ${shown(text)}`);
    known.check(value);
    values.set(ai, value);
  }
  const keys = [...values.keys()].filter((ai) => KNOWN[ai]?.isKey);
  const [ai] = keys;
  if (ai === undefined || keys.length > 1)
    throw syntax(`one GS1 key is expected in ${shown(text)}, not ${keys.length}`);
  const serialAi = KNOWN[ai]?.serial;
  const serial = serialAi === undefined ? undefined : values.get(serialAi);
  const used = new Set([ai, serial === undefined ? '' : serialAi]);
  return {
    key: {
      ai,
      value: values.get(ai) ?? '',
      serial:
        serialAi === undefined || serial === undefined ? null : { ai: serialAi, value: serial },
    },
    attributes: Object.fromEntries([...values].filter(([name]) => !used.has(name))),
  };
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw syntax(`${shown(text)} has an escape that is none`);
  }
}

function syntax(message: string): IdentifierError {
  return new IdentifierError('IDENTIFIER_SYNTAX', message);
}
