/**
 * The types of EPC: each knows its parts as `urn:epc:id:` writes them and, where GS1 has one, the key they make up.
 * Spec: EPC Tag Data Standard 1.13 §6 and §7.
 * @module
 */
import { IdentifierError, shown } from './errors.ts';
import { assertCheckDigit, assertDigits, assertText, checkDigit } from './gs1.ts';

export type EpcType =
  | 'sgtin'
  | 'sscc'
  | 'sgln'
  | 'grai'
  | 'giai'
  | 'gsrn'
  | 'gsrnp'
  | 'gdti'
  | 'sgcn'
  | 'cpi'
  | 'itip'
  | 'gid'
  | 'usdod'
  | 'adi';

/** A key in GS1's own words: application identifier and value, and the one that tells equal things apart. */
export interface Gs1Key {
  readonly ai: string;
  readonly value: string;
  readonly serial: { readonly ai: string; readonly value: string } | null;
}

export const MIN_PREFIX = 6;
export const MAX_PREFIX = 12;

export interface TypeRule {
  readonly names: readonly string[];
  /** @throws IdentifierError */
  check(parts: readonly string[]): void;
  readonly gs1: Gs1Rule | null;
}

interface Gs1Rule {
  readonly ai: string;
  /** The application identifier of the serial where it has one of its own. */
  readonly serialAi: string | null;
  toKey(parts: readonly string[]): Gs1Key;
  /** `length` is that of the company's prefix, which no key tells. */
  fromKey(value: string, serial: string | null, length: number): readonly string[];
}

/** The company's prefix, then a reference that fills a key of `digits` digits with it. */
function prefixed(digits: number): (parts: readonly string[]) => void {
  return ([prefix = '', reference = '']) => {
    assertPrefix(prefix);
    assertDigits(reference, digits - prefix.length, 'reference behind the company’s prefix');
  };
}

function serialRule(
  digits: number,
  what: string,
  check: (serial: string) => void,
): (parts: readonly string[]) => void {
  return (parts) => {
    prefixed(digits)(parts);
    const serial = parts[2] ?? '';
    if (serial === '') throw new IdentifierError('IDENTIFIER_RANGE', `the ${what} is missing`);
    check(serial);
  };
}

const text = (most: number) => (serial: string) => void assertText(serial, '82', most, 'serial');
const numeric = (most: number) => (serial: string) => {
  if (!new RegExp(`^\\d{1,${most}}$`).test(serial))
    throw new IdentifierError(
      'IDENTIFIER_SYNTAX',
      `the serial has 1 to ${most} digits, not ${shown(serial)}`,
    );
};

/** The first digit of the reference stands before the prefix: GTIN and SSCC. */
const inFront = ([prefix = '', reference = '']: readonly string[]) => {
  const digits = `${reference[0]}${prefix}${reference.slice(1)}`;
  return digits + checkDigit(digits);
};
const fromFront = (key: string, length: number): readonly [string, string] => [
  key.slice(1, 1 + length),
  `${key[0]}${key.slice(1 + length, -1)}`,
];
/** The prefix comes first: all other keys with a check digit. */
const inOrder = ([prefix = '', reference = '']: readonly string[]) =>
  prefix + reference + checkDigit(prefix + reference);
const fromOrder = (key: string, length: number): readonly [string, string] => [
  key.slice(0, length),
  key.slice(length, -1),
];

/** A key of digits, check digit last; whatever stands behind it belongs to the same application identifier. */
function digitKey(key: string, digits: number, what: string): string {
  assertDigits(key, digits, what);
  assertCheckDigit(key, what);
  return key;
}

export const EPC_TYPE_RULES: Readonly<Record<EpcType, TypeRule>> = {
  sgtin: {
    names: ['prefix', 'item', 'serial'],
    check: serialRule(13, 'serial', text(20)),
    gs1: {
      ai: '01',
      serialAi: '21',
      toKey: (parts) => keyOf('01', inFront(parts), '21', parts[2] ?? null),
      fromKey: (value, serial, length) => [
        ...fromFront(digitKey(value, 14, 'GTIN'), length),
        needed(serial, 'a GTIN alone names a kind of thing, not one: its serial (21) is missing'),
      ],
    },
  },
  sscc: {
    names: ['prefix', 'serial'],
    check: prefixed(17),
    gs1: {
      ai: '00',
      serialAi: null,
      toKey: (parts) => keyOf('00', inFront(parts), '', null),
      fromKey: (value, _, length) => fromFront(digitKey(value, 18, 'SSCC'), length),
    },
  },
  sgln: {
    names: ['prefix', 'location', 'extension'],
    check: serialRule(12, 'extension', text(20)),
    gs1: {
      ai: '414',
      serialAi: '254',
      // The extension 0 says that there is none. [TDS 1.13 §6.3.3]
      toKey: (parts) =>
        keyOf('414', inOrder(parts), '254', parts[2] === '0' ? null : (parts[2] ?? null)),
      fromKey: (value, serial, length) => [
        ...fromOrder(digitKey(value, 13, 'GLN'), length),
        serial ?? '0',
      ],
    },
  },
  grai: {
    names: ['prefix', 'asset type', 'serial'],
    check: serialRule(12, 'serial', text(16)),
    gs1: {
      ai: '8003',
      serialAi: null,
      toKey: (parts) => keyOf('8003', `0${inOrder(parts)}${parts[2]}`, '', null),
      fromKey: (value, _, length) => {
        if (!value.startsWith('0')) throw syntax(`the GRAI ${shown(value)} does not begin with 0`);
        const key = digitKey(value.slice(1, 14), 13, 'GRAI');
        const serial = value.slice(14) || null;
        return [
          ...fromOrder(key, length),
          needed(serial, 'a GRAI without a serial names a kind of asset, not one'),
        ];
      },
    },
  },
  giai: {
    names: ['prefix', 'asset'],
    check([prefix = '', asset = '']) {
      assertPrefix(prefix);
      assertText(asset, '82', 30 - prefix.length, 'asset reference');
    },
    gs1: {
      ai: '8004',
      serialAi: null,
      toKey: ([prefix = '', asset = '']) => keyOf('8004', prefix + asset, '', null),
      fromKey: (value, _, length) => [value.slice(0, length), value.slice(length)],
    },
  },
  gsrn: serviceRelation('8018'),
  gsrnp: serviceRelation('8017'),
  gdti: appended('253', 'document type', text(17), 'GDTI'),
  sgcn: appended('255', 'coupon', numeric(12), 'GCN'),
  cpi: {
    names: ['prefix', 'part', 'serial'],
    check([prefix = '', part = '', serial = '']) {
      assertPrefix(prefix);
      assertText(part, '39', 30 - prefix.length, 'component reference');
      numeric(12)(serial);
      if (/^0\d/.test(serial)) throw syntax('the serial of a component has no leading zeros');
    },
    gs1: {
      ai: '8010',
      serialAi: '8011',
      toKey: ([prefix = '', part = '', serial = '']) =>
        keyOf('8010', prefix + part, '8011', serial),
      fromKey: (value, serial, length) => [
        value.slice(0, length),
        value.slice(length),
        needed(serial, 'a component without its serial (8011) is a kind of thing, not one'),
      ],
    },
  },
  itip: {
    names: ['prefix', 'item', 'piece', 'total', 'serial'],
    check([prefix = '', item = '', piece = '', total = '', serial = '']) {
      serialRule(13, 'serial', text(20))([prefix, item, serial]);
      assertDigits(piece, 2, 'piece number');
      assertDigits(total, 2, 'number of pieces');
    },
    gs1: {
      ai: '8006',
      serialAi: '21',
      toKey: (parts) =>
        keyOf('8006', `${inFront(parts)}${parts[2]}${parts[3]}`, '21', parts[4] ?? null),
      fromKey: (value, serial, length) => [
        ...fromFront(digitKey(value.slice(0, 14), 14, 'GTIN'), length),
        value.slice(14, 16),
        value.slice(16),
        needed(serial, 'a piece of a kind of thing, not of one: its serial (21) is missing'),
      ],
    },
  },
  gid: {
    names: ['manager', 'class', 'serial'],
    check([manager = '', kind = '', serial = '']) {
      whole(manager, 2n ** 28n, 'manager number');
      whole(kind, 2n ** 24n, 'object class');
      whole(serial, 2n ** 36n, 'serial');
    },
    gs1: null,
  },
  usdod: {
    names: ['CAGE or DoDAAC', 'serial'],
    check([cage = '', serial = '']) {
      assertCage(cage);
      whole(serial, 2n ** 36n, 'serial');
    },
    gs1: null,
  },
  adi: {
    names: ['CAGE or DoDAAC', 'part', 'serial'],
    check([cage = '', part = '', serial = '']) {
      assertCage(cage);
      if (part !== '') assertText(part, '39', 32, 'part number');
      assertText(serial, '39', 30, 'serial');
      if (part.includes('#') || serial.lastIndexOf('#') > 0)
        throw syntax('# stands only before a serial of an aircraft part');
    },
    gs1: null,
  },
};

function serviceRelation(ai: string): TypeRule {
  return {
    names: ['prefix', 'service'],
    check: prefixed(17),
    gs1: {
      ai,
      serialAi: null,
      toKey: (parts) => keyOf(ai, inOrder(parts), '', null),
      fromKey: (value, _, length) => fromOrder(digitKey(value, 18, 'GSRN'), length),
    },
  };
}

/** A key of thirteen digits with its serial right behind it, under one application identifier. */
function appended(
  ai: string,
  name: string,
  check: (serial: string) => void,
  what: string,
): TypeRule {
  return {
    names: ['prefix', name, 'serial'],
    check: serialRule(12, 'serial', check),
    gs1: {
      ai,
      serialAi: null,
      toKey: (parts) => keyOf(ai, `${inOrder(parts)}${parts[2]}`, '', null),
      fromKey: (value, _, length) => [
        ...fromOrder(digitKey(value.slice(0, 13), 13, what), length),
        needed(
          value.slice(13) || null,
          `a ${what} without a serial names a kind of thing, not one`,
        ),
      ],
    },
  };
}

function keyOf(ai: string, value: string, serialAi: string, serial: string | null): Gs1Key {
  return { ai, value, serial: serial === null ? null : { ai: serialAi, value: serial } };
}

function assertPrefix(prefix: string): void {
  if (/^\d{6,12}$/.test(prefix)) return;
  throw syntax(
    `a company’s prefix has ${MIN_PREFIX} to ${MAX_PREFIX} digits, not ${shown(prefix)}`,
  );
}

// TDS 1.13 §7.9, §7.10: five or six capitals and digits, without I and O.
function assertCage(cage: string): void {
  if (/^[0-9A-HJ-NP-Z]{5,6}$/.test(cage)) return;
  throw syntax(
    `a CAGE code has 5 and a DoDAAC 6 capitals or digits without I and O, not ${shown(cage)}`,
  );
}

function whole(digits: string, below: bigint, what: string): void {
  if (!/^(?:0|[1-9]\d{0,18})$/.test(digits))
    throw syntax(`the ${what} is a number without leading zeros, not ${shown(digits)}`);
  if (BigInt(digits) < below) return;
  throw new IdentifierError('IDENTIFIER_RANGE', `the ${what} is below ${below}, not ${digits}`);
}

function needed(serial: string | null, otherwise: string): string {
  if (serial !== null) return serial;
  throw new IdentifierError('IDENTIFIER_SYNTAX', otherwise);
}

export function syntax(message: string): IdentifierError {
  return new IdentifierError('IDENTIFIER_SYNTAX', message);
}
