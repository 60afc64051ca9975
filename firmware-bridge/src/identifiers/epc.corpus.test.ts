/**
 * EPCs that other programs and the standard itself write out, from a folder that is not part of this repository:
 * SIGILL_CORPUS names it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decodeEpc,
  encodeEpc,
  formatDigitalLink,
  formatElementString,
  formatPureIdentity,
  formatTagUri,
  fromGs1Key,
  parseElementString,
  parsePureIdentity,
  parseTagUri,
  toGs1Key,
} from './index.ts';

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/epc` : '';
const title = folder ? 'epc corpus' : 'epc corpus (skipped: no SIGILL_CORPUS)';

type Row = Readonly<Record<string, string>>;
const rows = (file: string): readonly Row[] =>
  existsSync(folder) ? JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) : [];
const bare = (hex: string) => hex.toUpperCase().replace(/0+$/, '');

// One of the programs names a key by its name, not by its application identifier.
const AIS: Readonly<Record<string, string>> = {
  gtin: '01',
  sscc: '00',
  gln: '414',
  grai: '8003',
  giai: '8004',
  gsrn: '8018',
  gdti: '253',
};
const SERIAL_AIS: Readonly<Record<string, string>> = { gtin: '21', gln: '254' };

describe.skipIf(folder === '')(title, () => {
  let values = 0;
  let deviations = 0;
  const same = (actual: unknown, due: unknown) => {
    expect(actual).toEqual(due);
    values++;
  };

  it.each(rows('sderbis_tdt16.json').map((row) => [row.tag_uri, row] as const))('%s', (_, row) => {
    const epc = decodeEpc(row.hex!);
    same(formatTagUri(epc), row.tag_uri);
    same(formatPureIdentity(epc), row.pure_uri);
    same(bare(encodeEpc(parseTagUri(row.tag_uri!))), bare(row.hex!));
    same(parsePureIdentity(row.pure_uri!), { type: epc.type, parts: epc.parts });
    const [, name = '', value = '', serial] =
      /^(\w+)=(.*?)(?:;serial=(.*))?$/.exec(row.element!) ?? [];
    if (AIS[name] === undefined) return;
    const tail = serial === undefined ? '' : `(${SERIAL_AIS[name]})${serial}`;
    const element = `(${AIS[name]})${value}${tail}`;
    same(formatElementString(toGs1Key(epc)!), element);
    same(fromGs1Key(parseElementString(element).key, epc.parts[0]!.length), {
      type: epc.type,
      parts: epc.parts,
    });
  });

  it.each(rows('misc_96.json').map((row) => [row.pure_uri, row] as const))('%s', (_, row) => {
    const epc = decodeEpc(row.hex!);
    same(formatPureIdentity(epc), row.pure_uri);
    same(bare(encodeEpc(epc)), bare(row.hex!));
  });

  it.each(
    rows('tds23_examples_and_errata.json').map((row) => [`${row.scheme} ${row.hex}`, row] as const),
  )('%s', (_, row) => {
    if (row.scheme!.includes('+')) {
      expect(() => decodeEpc(row.hex!)).toThrow(/“\+” and “\+\+” schemes of TDS 2/);
      deviations++;
      return;
    }
    const epc = decodeEpc(row.hex!);
    same(formatPureIdentity(epc), row.pure_uri);
    const key = toGs1Key(epc)!;
    if (row.element) same(formatElementString(key), row.element);
    if (row.digital_link) same(formatDigitalLink(key, 'https://id.example.com'), row.digital_link);
  });

  it('is there, and told as a row', () => {
    expect(values).toBeGreaterThan(80);
    console.log(
      `| identifiers (EPC) | 23 captures | ${values} values asserted | ${deviations} deviations: TDS 2 “++” is not read |`,
    );
  });
});
