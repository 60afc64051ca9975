import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTransponder,
  MAX_NATIONAL_ID,
  parseTransponder,
  readTransponder,
  type Transponder,
} from './iso11784.ts';

const flags = fc.record({
  animal: fc.boolean(),
  retagging: fc.nat(7),
  userInfo: fc.nat(31),
  dataBlock: fc.boolean(),
});
const code = { country: fc.integer({ min: 1, max: 999 }), id: fc.nat(MAX_NATIONAL_ID) };
const told = fc.record({ ...code, flags, technology: fc.constant(null) });
const bare = fc.record({ ...code, flags: fc.constant(null), technology: fc.constant(null) });

describe('ISO 11784 transponder', () => {
  it('is one code in four notations', () => {
    // ISO 11784 table 1: bit 1 animal, bits 17 to 26 country 982 = 3D6, bits 27 to 64 the identification.
    const forms = formatTransponder(parseTransponder('982000123456789'));
    expect(forms).toEqual({
      decimal: '982000123456789',
      dotHex: '3D6.00075BCD15',
      hex: '8000F580075BCD15',
      hexReversed: 'A8B3DAE001AF0001',
    });
  });

  it('comes back from the notations that tell all of it', () => {
    fc.assert(
      fc.property(told, (transponder) => {
        const { hex, hexReversed } = formatTransponder(transponder);
        expect(parseTransponder(hex, 'hex')).toEqual(transponder);
        expect(parseTransponder(hexReversed, 'hexReversed')).toEqual(transponder);
        expect(parseTransponder(hex.toLowerCase(), 'hex')).toEqual(transponder);
      }),
    );
  });

  it('comes back from the notations that tell country and identification', () => {
    fc.assert(
      fc.property(bare, (transponder) => {
        const { decimal, dotHex } = formatTransponder(transponder);
        for (const text of [decimal, dotHex, `0${decimal}`, ` ${decimal}\r\n`])
          expect(readTransponder(text).map((reading) => reading.transponder)).toContainEqual(
            transponder,
          );
      }),
    );
  });

  it.each([
    ['982 000123456789', 'as Allflex sends it'],
    ['982.000123456789', 'as Biomark exports it'],
    ['0982000123456789', 'as the ear tag of a sheep prints it, with a leading zero'],
    ['3d6.00075bcd15', 'in small letters'],
  ])('reads %s, %s', (text) => {
    expect(formatTransponder(parseTransponder(text)).decimal).toBe('982000123456789');
  });

  it('tells flags, user information and data block where the notation has them', () => {
    const transponder = parseTransponder('A2050010276000123456789');
    expect(transponder).toEqual({
      country: 276,
      id: 123_456_789,
      flags: { animal: true, retagging: 2, userInfo: 5, dataBlock: true },
      technology: null,
    });
    expect(parseTransponder(formatTransponder(transponder).hex)).toEqual(transponder);
    expect(parseTransponder('R0000000900000000001234').flags?.animal).toBe(false);
  });

  it('tells how the transponder speaks where a text says so', () => {
    expect(parseTransponder('HDX 982 000123456789').technology).toBe('HDX');
    expect(parseTransponder('FDX-B 982 000123456789').technology).toBe('FDX-B');
    expect(parseTransponder('982 000123456789').technology).toBe(null);
  });

  it('knows the 64 bits from their mirror image', () => {
    const forms = formatTransponder(parseTransponder('985.121030333183'));
    for (const text of [forms.hex, forms.hexReversed])
      expect(formatTransponder(parseTransponder(text)).decimal).toBe('985121030333183');
  });

  it('says both where 64 bits and their mirror image are codes', () => {
    // Read from either end: an animal, reserved bits zero, a country. Nothing tells which end is the first.
    const low = formatTransponder({ country: 512, id: 2 ** 20 + 1, flags: null, technology: null });
    expect(readTransponder(low.hex)).toHaveLength(2);
    expect(() => parseTransponder(low.hex)).toThrow(/or .* say which notation it is/);
    expect(parseTransponder(low.hex, 'hex').country).toBe(512);
  });

  it.each([
    ['', /expected are 15 digits/],
    ['98200012345678', /expected are 15 digits/],
    ['982274877906944', /identification of a transponder is 0 to 274877906943, not 274877906944/],
    ['000000123456789', /country or manufacturer of a transponder is 1 to 999, not 0/],
    ['3E8.0000000001', /not 1000/],
    ['3D6.4000000000', /not 274877906944/],
    ['80FEF580075BCD15', /reserved field of a transponder is 0, not/],
    ['A2050019982000123456789', /country or manufacturer/],
    ['A0000200276000123456789', /reserved field/],
    ['7F7D1A2B3C', /older tag/],
    ['982000123456789; rm -rf /', /no ISO 11784 code/],
  ])('refuses %s with a reason', (text, message) => {
    expect(() => parseTransponder(text)).toThrow(message);
  });

  it('does not write what has no code', () => {
    const odd: Transponder = { country: 982, id: 1.5, flags: null, technology: null };
    expect(() => formatTransponder(odd)).toThrow(/not 1.5/);
  });
});

const corpus = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/animal-tags` : '';
const title = corpus ? 'animal tags corpus' : 'animal tags corpus (skipped: no SIGILL_CORPUS)';

describe.skipIf(!existsSync(corpus))(title, () => {
  const read = (name: string) => readFileSync(`${corpus}/${name}`, 'utf8');

  it('gives the four forms another program gives', () => {
    const rows: Record<string, string>[] = JSON.parse(read('iso11784_four_forms.json'));
    for (const row of rows)
      for (const text of Object.values(row))
        expect(formatTransponder(parseTransponder(text)), text).toEqual({
          decimal: row.isodecimal,
          dotHex: row.isodothex,
          hex: row.iso64bitleft,
          hexReversed: row.iso64bitright,
        });
    expect(rows.length).toBeGreaterThan(0);
  });

  it('agrees with the two columns of a reader’s export', () => {
    const pairs = [
      ...read('biomark_device_manager_TESTSITE.txt').matchAll(
        /([0-9A-F]{3}\.[0-9A-F]{10}) +(\d{3}\.\d{12})/g,
      ),
    ];
    for (const [, dotHex = '', decimal = ''] of pairs)
      expect(parseTransponder(dotHex)).toEqual(parseTransponder(decimal));
    expect(pairs.length).toBeGreaterThan(0);
  });

  it('reads every tag of a river’s history', () => {
    const lines = read('ptagis_complete_tag_history_LEMTRP_first800.csv').split('\n').slice(1);
    const tags = lines.map((line) => line.split(',')[0] ?? '').filter((tag) => tag !== '');
    for (const tag of tags) expect(formatTransponder(parseTransponder(tag)).dotHex).toBe(tag);
    expect(tags.length).toBeGreaterThan(0);
  });
});
