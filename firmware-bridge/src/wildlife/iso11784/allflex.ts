/**
 * Lines of Allflex panel and stick readers, and of the many that imitate them:
 *
 *     [# L X G] A  [reserved  data block]  country or maker  identification          an ISO 11784 tag
 *     [# L X G] R  application  identification                                        an industrial HDX tag
 *
 * The words are parted by a space, a comma, a semicolon, a tabulator or nothing, in decimal digits or hexadecimal ones.
 * The default line does not say whether the tag is HDX or FDX-B.
 * Spec: Allflex AFX-100 user manual V2.3, p. 19 and 40; RS320 user manual, table 3.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { bareTag, type ReaderRecord, transponderOf } from './record.ts';

const P = '[ ,;\\t]?';
const DECIMAL = new RegExp(`[#LXG]A${P}(?:(\\d{5})${P}([01])${P})?(\\d{3})${P}(\\d{12})$`);
const HEX = new RegExp(
  `[#LXG]A${P}(?:([0-9A-F]{4})${P}([01])${P})?([0-9A-F]{3})${P}([0-9A-F]{10})$`,
);
const INDUSTRIAL = new RegExp(`([#LXG])R${P}(\\d{4})${P}(\\d{16})$`);

/** Null: no such line. @throws DecodeError FRAME_SYNTAX */
export function readAllflex(line: string): ReaderRecord | null {
  const industrial = INDUSTRIAL.exec(line);
  if (industrial !== null) {
    const [, , application, id] = industrial;
    const type = { name: 'tag.type', value: 'HDX', unit: null };
    return bareTag(`${application} ${id}`, { code: 'LR', extras: [type] });
  }
  const decimal = DECIMAL.exec(line);
  const [matched, reserved, dataBlock, country = '', id = ''] = decimal ?? HEX.exec(line) ?? [];
  if (matched === undefined) return null;
  const code = decimal ? `${country}${id}` : `${country}.${id}`;
  const tag = transponderOf(code, decimal ? 'decimal' : 'dotHex');
  if (reserved !== undefined && !/^0+$/.test(reserved))
    throw new DecodeError('FRAME_SYNTAX', `the reserved field is 0, not ${reserved}`);
  const flags = { animal: true, retagging: 0, userInfo: 0, dataBlock: dataBlock === '1' };
  const said = dataBlock === undefined ? [] : [dataBlockExtra(flags.dataBlock)];
  return bareTag({ ...tag, flags }, { code: 'LA', extras: said });
}

export function dataBlockExtra(has: boolean) {
  return {
    name: 'other.iso11784.data-block',
    value: has ? '1' : '0',
    unit: null,
    number: true,
  } as const;
}
