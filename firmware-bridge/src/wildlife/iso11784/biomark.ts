/**
 * Lines of Biomark's readers of PIT tags:
 *
 *     TAG: reader antenna MM/DD/YYYY hh:mm:ss.mmm 3DD.003BF6BDA0            a tag (IS1001 and its master controller)
 *     ALM: reader antenna MM/DD/YYYY hh:mm:ss.mmm text                      the reader of itself; MSG, SRP and others too
 *
 * and the rows of a file exported by Device Manager, whose columns have fixed widths and tell each tag twice, in
 * hexadecimal and in decimal digits: there one checks the other.
 * Spec: the recordings of readers published with PITcleanr; the makers' manuals show the same.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { formatTransponder } from '../../identifiers/index.ts';
import { bareTag, type Extra, type ReaderRecord, transponderOf } from './record.ts';

const DATE = '\\d\\d/\\d\\d/\\d{4}';
const TIME = '\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,3})?';
// A line that was begun twice counts from its last beginning.
const RECORD = new RegExp(`^.*([A-Z]{3}): (\\d\\d) (\\d\\d) (${DATE} ${TIME}) (.*)$`);
const ROW = new RegExp(`^${DATE} +${TIME} +${DATE} +${TIME} `);
const COLUMNS = [
  ['date', 10],
  ['time', 12],
  ['downloadDate', 13],
  ['downloadTime', 13],
  ['reader', 9],
  ['antenna', 10],
  ['hex', 14],
  ['decimal', 16],
  ['temperature', 13],
  ['signal', 9],
  ['duplicate', 12],
  ['latitude', 8],
  ['longitude', 9],
  ['file', 9],
] as const;
const NUMBER = /^-?\d{1,9}(\.\d{1,9})?$/;

/** Null: no such line. @throws DecodeError FRAME_SYNTAX */
export function readBiomark(line: string): ReaderRecord | null {
  if (ROW.test(line)) return readRow(line);
  const [matched, code = '', reader = '', node = '', time = '', text = ''] =
    RECORD.exec(line) ?? [];
  if (matched === undefined) return null;
  const antenna = node === '00' ? null : node; // 00 is the controller itself
  if (code !== 'TAG') return { what: 'status', code, reader, antenna, time, text: text.trim() };
  const tag = transponderOf(text.trim(), 'dotHex');
  return bareTag(tag, { code, reader, antenna, time });
}

type Row = Readonly<Record<(typeof COLUMNS)[number][0], string>>;

function readRow(line: string): ReaderRecord {
  const row = columnsOf(line);
  const tag = transponderOf(row.hex, 'dotHex');
  const told = transponderOf(row.decimal, 'decimal');
  if (tag.country !== told.country || tag.id !== told.id)
    throw new DecodeError(
      'FRAME_SYNTAX',
      `${row.hex} is ${formatTransponder(tag).decimal}, but the row says ${row.decimal}`,
    );
  const { date, time, reader, antenna, downloadDate, downloadTime } = row;
  const extras: Extra[] = [
    text('other.iso11784.download', `${downloadDate} ${downloadTime}`),
    ...(row.duplicate === '' ? [] : [text('other.iso11784.duplicate', row.duplicate)]),
    ...(row.file === '' ? [] : [text('other.iso11784.file', row.file)]),
    ...number('temperature', row.temperature, 'Cel'),
    ...number('other.iso11784.signal', row.signal, 'mV'),
    ...number('position.latitude', row.latitude, 'lat'),
    ...number('position.longitude', row.longitude, 'lon'),
  ];
  return bareTag(tag, {
    code: 'row',
    reader,
    antenna: antenna || null,
    time: `${date} ${time}`,
    extras,
  });
}

function columnsOf(line: string): Row {
  let at = 0;
  const cells = COLUMNS.map(([name, width], i) => {
    const from = at;
    at += width + 2;
    const isLast = i === COLUMNS.length - 1;
    return [name, line.slice(from, isLast ? undefined : from + width).trim()] as const;
  });
  return Object.fromEntries(cells) as Row;
}

function text(name: string, value: string): Extra {
  return { name, value, unit: null };
}

function number(name: string, value: string, unit: string): Extra[] {
  if (value === '') return [];
  if (!NUMBER.test(value))
    throw new DecodeError('FRAME_SYNTAX', `${name}: number expected, got ${value}`);
  return [{ name, value, unit, number: true }];
}
