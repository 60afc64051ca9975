import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from './epc.vectors.json' with { type: 'json' };
import {
  checkDigit,
  decodeEpc,
  EPC_SCHEMES,
  type Epc,
  type EpcScheme,
  encodeEpc,
  formatDigitalLink,
  formatElementString,
  formatPureIdentity,
  formatTagUri,
  fromGs1Key,
  maxFilter,
  parseDigitalLink,
  parseElementString,
  parsePureIdentity,
  parseTagUri,
  schemesFor,
  toGs1Key,
} from './index.ts';

interface EpcVector {
  readonly source: string;
  readonly tag: string;
  readonly hex: string;
  readonly pure: string;
  readonly element?: string;
  readonly link?: string;
  readonly prefix?: number;
}

describe.each(vectors as readonly EpcVector[])('$tag', (vector) => {
  const epc = parseTagUri(vector.tag);

  it('is read from its bits and written to them', () => {
    expect(encodeEpc(epc)).toBe(vector.hex);
    expect(decodeEpc(vector.hex)).toEqual(epc);
    expect(decodeEpc(`${vector.hex.toLowerCase()}0000`)).toEqual(epc);
    expect(formatTagUri(epc)).toBe(vector.tag);
    expect(parseTagUri(`urn:epc:raw:${vector.hex.length * 4}.x${vector.hex}`)).toEqual(epc);
  });

  it('has its names', () => {
    expect(formatPureIdentity(epc)).toBe(vector.pure);
    const identity = parsePureIdentity(vector.pure);
    expect(identity).toEqual({ type: epc.type, parts: epc.parts });
    expect(schemesFor(identity)).toContain(epc.scheme);
    const key = toGs1Key(epc);
    expect(key && formatElementString(key)).toBe(vector.element ?? null);
    expect(key && formatDigitalLink(key)).toBe(vector.link ?? null);
    if (key === null || vector.prefix === undefined) return;
    for (const text of [parseElementString(vector.element!), parseDigitalLink(vector.link!)])
      expect(fromGs1Key(text.key, vector.prefix)).toEqual(identity);
  });

  it('is refused when a bit is missing', () => {
    expect(() => decodeEpc(vector.hex.slice(0, 10))).toThrow(/bits|ends within/);
  });
});

const text = (alphabet: string, least: number, most: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: least, maxLength: most })
    .map((characters) => characters.join(''));
const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const SET_39 = `-/IO${DIGITS}${CAPITALS}`;
const SET_82 = `${SET_39}!"%&'()*+,.:;<=>?_${CAPITALS.toLowerCase()}io`;
const digits = (length: number) => text(DIGITS, length, length);
const set82 = (most: number) => text(SET_82, 1, most);
const number = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }).map(String);
const prefix = fc.integer({ min: 6, max: 12 }).chain(digits);
const behind = (total: number, ...rest: readonly fc.Arbitrary<string>[]) =>
  prefix.chain((company) =>
    fc.tuple(fc.constant(company), digits(total - company.length), ...rest),
  );
const cage = text(DIGITS + CAPITALS, 5, 6);
const marked = (most: number) => fc.integer({ min: 1, max: most }).chain(digits);

const PARTS: Readonly<Record<EpcScheme, fc.Arbitrary<readonly string[]>>> = {
  'sgtin-96': behind(13, number(38)),
  'sgtin-198': behind(13, set82(20)),
  'sscc-96': behind(17),
  'sgln-96': behind(12, number(41)),
  'sgln-195': behind(12, set82(20)),
  'grai-96': behind(12, number(38)),
  'grai-170': behind(12, set82(16)),
  'giai-96': prefix.chain((company) =>
    fc.tuple(fc.constant(company), number([62, 58, 55, 52, 48, 45, 42][company.length - 6]!)),
  ),
  'giai-202': prefix.chain((company) => fc.tuple(fc.constant(company), set82(30 - company.length))),
  'gsrn-96': behind(17),
  'gsrnp-96': behind(17),
  'gdti-96': behind(12, number(41)),
  'gdti-113': behind(12, marked(17)),
  'gdti-174': behind(12, set82(17)),
  'sgcn-96': behind(12, marked(12)),
  'cpi-96': prefix.chain((company) =>
    fc.tuple(
      fc.constant(company),
      number([31, 27, 24, 21, 17, 14, 11][company.length - 6]!),
      number(31),
    ),
  ),
  'cpi-var': prefix.chain((company) =>
    fc.tuple(fc.constant(company), text(`#${SET_39}`, 1, 30 - company.length), number(39)),
  ),
  'itip-110': behind(13, digits(2), digits(2), number(38)),
  'itip-212': behind(13, digits(2), digits(2), set82(20)),
  'gid-96': fc.tuple(number(28), number(24), number(36)),
  'usdod-96': fc.tuple(cage, number(36)),
  'adi-var': fc.tuple(
    cage,
    text(SET_39, 0, 32),
    fc.tuple(fc.constantFrom('', '#'), text(SET_39, 1, 29)).map((both) => both.join('')),
  ),
};

const epcs = fc.constantFrom(...EPC_SCHEMES).chain((scheme) =>
  fc.tuple(PARTS[scheme], fc.nat(maxFilter(scheme) ?? 0)).map(([parts, filter]): Epc => {
    const type = scheme.replace(/-.*/, '') as Epc['type'];
    return { type, parts, scheme, filter: maxFilter(scheme) === null ? null : filter };
  }),
);

describe('every scheme', () => {
  it('comes back from its bits and from its URIs', () => {
    fc.assert(
      fc.property(epcs, (epc) => {
        const hex = encodeEpc(epc);
        expect(decodeEpc(hex)).toEqual(epc);
        expect(parseTagUri(formatTagUri(epc))).toEqual(epc);
        expect(parsePureIdentity(formatPureIdentity(epc))).toEqual({
          type: epc.type,
          parts: epc.parts,
        });
        expect(hex.length % 4).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('comes back from element string and Digital Link, where GS1 has a key', () => {
    fc.assert(
      fc.property(epcs, (epc) => {
        const key = toGs1Key(epc);
        if (key === null) return;
        const length = epc.parts[0]!.length;
        const due = { type: epc.type, parts: epc.parts };
        expect(fromGs1Key(parseDigitalLink(formatDigitalLink(key)).key, length)).toEqual(due);
        // In brackets a serial may look like the next application identifier: that form alone is not exact.
        if (!/\(\d/.test(epc.parts.join('')))
          expect(fromGs1Key(parseElementString(formatElementString(key)).key, length)).toEqual(due);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a tag with one bit turned as what it then says, or not at all', () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(epcs, fc.nat(500), (epc, at) => {
        const nibbles = Array.from(encodeEpc(epc), (digit) => Number.parseInt(digit, 16));
        const turned = at % (nibbles.length * 4);
        nibbles[turned >> 2]! ^= 8 >> (turned & 3);
        const hex = nibbles.map((nibble) => nibble.toString(16).toUpperCase()).join('');
        let again: string;
        try {
          again = encodeEpc(decodeEpc(hex));
          read++;
        } catch (error) {
          expect((error as Error).name).toBe('IdentifierError');
          refused++;
          return;
        }
        expect(again.replace(/0+$/, '')).toBe(hex.replace(/0+$/, ''));
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(read, refused)).toBeGreaterThan(100);
  });
});

describe('what is no EPC', () => {
  it.each([
    ['', /not hexadecimal/],
    ['30', /sgtin-96 has 96 bits, not 8/],
    ['000000000000000000000000', /a tag nobody has written/],
    ['E28011704000021D35AE4008', /header E2 is that of a chip’s own number/],
    ['F73795211411234538566CB0', /“\+” and “\+\+” schemes/],
    ['FF0000000000000000000000', /header FF is no scheme/],
    ['307C257BF7194E4000001A85', /partition value 7/],
    ['3063FFFFFFFFFFFFFFFFFFFF', /more than the 12 digits/],
    ['3174257BF4499602D2000001', /reserved bits behind the EPC are not zero/],
    ['3074257BF7194E4000001A850001', /padding bits behind the EPC are not zero/],
    ['3674257BF6B7A659B2C2BF100000000000000000000000001000', /goes on behind its end/],
    ['3674257BF6B7A60000000000000000000000000000000000000', /serial is missing/],
    ['3674257BF6B7A4080000000000000000000000000000000000000', /does not allow/],
    [`30${'0'.repeat(130)}`, /at most 496 bits/],
    ['3D74257BF7', /ends within its text/],
  ])('%s is refused with its reason', (hex, message) => {
    expect(() => decodeEpc(hex)).toThrow(message);
  });

  it.each([
    ['urn:epc:id:sgtin:0614141.812345', /sgtin has 3 parts \(prefix, item, serial\), not 2/],
    ['urn:epc:id:sgtin:0614141.81234.1', /reference behind the company’s prefix has 6 digits/],
    ['urn:epc:id:sgtin:06141.8123456.1', /prefix has 6 to 12 digits/],
    ['urn:epc:id:sgtin:0614141.812345.32a/b', /"\/" in "32a\/b" must be written as %2F/],
    ['urn:epc:id:sgtin:0614141.812345.50%', /must be written as %25/],
    ['urn:epc:id:sgtin:0614141.812345.a%5Eb', /does not allow there/],
    ['urn:epc:id:sgtin:0614141.812345.', /serial is missing/],
    [`urn:epc:id:sgtin:0614141.812345.${'9'.repeat(21)}`, /1 to 20 characters/],
    ['urn:epc:id:gid:01.2.3', /number without leading zeros/],
    ['urn:epc:id:gid:268435456.2.3', /below 268435456/],
    ['urn:epc:id:usdod:CAGIO.1', /without I and O/],
    ['urn:epc:id:adi:35962.P%231.2', /# stands only before/],
    ['urn:epc:id:cpi:0614141.98765.0123', /no leading zeros/],
    ['urn:epc:id:cpi:0614141.abc.1', /does not allow there/],
    ['urn:epc:id:upui:1234567.089456.51qIgY', /no type of EPC known here/],
    ['urn:epc:class:lgtin:4012345.012345.998877', /no urn:epc:id:/],
  ])('%s is refused with its reason', (uri, message) => {
    expect(() => parsePureIdentity(uri)).toThrow(message);
  });

  it.each([
    ['urn:epc:tag:sgtin-96:8.0614141.812345.6789', /filter value of sgtin-96 is 0 to 7/],
    ['urn:epc:tag:sgtin-64:3.0614141.812345.6789', /no scheme known here/],
    ['urn:epc:tag:sgtin:3.0614141.812345.6789', /no scheme known here/],
    ['urn:epc:id:sgtin:0614141.812345.6789', /no urn:epc:tag:/],
    ['urn:epc:raw:96.x3074', /96 bits have 24 hexadecimal digits, not 4/],
  ])('%s is refused with its reason', (uri, message) => {
    expect(() => parseTagUri(uri)).toThrow(message);
  });

  it.each([
    ['urn:epc:tag:sgtin-96:3.0614141.812345.06789', /no number without leading zeros/],
    ['urn:epc:tag:sgtin-96:3.0614141.812345.274877906944', /does not fit 38 bits/],
    ['urn:epc:tag:sgtin-96:3.0614141.812345.A1', /no number/],
    ['urn:epc:tag:gdti-113:3.0614141.12345.12A', /is no number/],
    ['urn:epc:tag:cpi-96:3.0614141.X1.12345', /no number/],
  ])('%s is not written to a tag that cannot hold it', (uri, message) => {
    expect(() => encodeEpc(parseTagUri(uri))).toThrow(message);
  });

  it('goes on a longer tag where a shorter cannot hold it', () => {
    expect(schemesFor(parsePureIdentity('urn:epc:id:sgtin:0614141.812345.06789'))).toEqual([
      'sgtin-198',
    ]);
    expect(schemesFor(parsePureIdentity('urn:epc:id:gdti:0614141.12345.006789'))).toEqual([
      'gdti-113',
      'gdti-174',
    ]);
  });
});

describe('GS1 keys', () => {
  it('have check digits', () => {
    // GS1 General Specifications §7.9.1, the example.
    expect(checkDigit('37610425002123456')).toBe('9');
    expect(checkDigit('629104150021')).toBe('3');
  });

  it('are read as scanners send them, dates and lots told apart', () => {
    const due = {
      key: { ai: '01', value: '80614141123458', serial: { ai: '21', value: '6789' } },
      attributes: { '17': '270630', '10': 'A/1' },
    };
    for (const text of [
      ']C1018061414112345817270630216789\u001d10A/1',
      '\u001d018061414112345810A/1\u001d17270630216789',
      '(01)80614141123458(17)270630(10)A/1(21)6789',
      'https://brand.example/some/shop/01/80614141123458/10/A%2F1/21/6789?17=270630&utm=x',
    ])
      expect(text.startsWith('http') ? parseDigitalLink(text) : parseElementString(text)).toEqual(
        due,
      );
  });

  it.each([
    ['(01)80614141123457(21)1', /GTIN "80614141123457" ends in 7; its check digit is 8/],
    ['(01)8061414112345(21)1', /GTIN has 14 digits/],
    ['(8003)106141411234525678', /does not begin with 0/],
    ['(00)106141412345678908(01)80614141123458', /one GS1 key is expected/],
    ['(21)6789', /one GS1 key is expected/],
    ['(01)80614141123458(01)80614141123458', /comes twice/],
    ['(99)abc', /\(99\) is not known here/],
    ['0180614141123458ZZ', /no application identifier is known at "ZZ"/],
    ['(01)80614141123458(21)a b', /does not allow/],
  ])('%s is refused with its reason', (text, message) => {
    expect(() => parseElementString(text)).toThrow(message);
  });

  it.each([
    ['https://example.org/products/7', /no GS1 Digital Link/],
    ['https://example.org/01/80614141123458/21/%zz', /escape that is none/],
    ['https://example.org/01', /no GS1 Digital Link/],
  ])('%s is refused with its reason', (uri, message) => {
    expect(() => parseDigitalLink(uri)).toThrow(message);
  });

  it('do not make an EPC without a serial, or with a prefix that is none', () => {
    const { key } = parseElementString('(01)80614141123458');
    expect(() => fromGs1Key(key, 7)).toThrow(/a GTIN alone names a kind of thing/);
    expect(() => fromGs1Key(key, 5)).toThrow(/prefix has 6 to 12 digits, not 5/);
  });
});
