/**
 * The types of EPC: each knows its parts as `urn:epc:id:` writes them and, where GS1 has one, the key they make up.
 * Spec: EPC Tag Data Standard 1.13 §6 and §7.
 * @module
 */
import {
  assertCage,
  assertPrefix,
  digitKey,
  fromFront,
  fromOrder,
  type Gs1Key,
  inFront,
  inOrder,
  keyOf,
  needed,
  numeric,
  prefixed,
  serialRule,
  syntax,
  text,
  whole,
} from './epc-parts.ts';
import { shown } from './errors.ts';
import { assertDigits, assertText } from './gs1.ts';

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
