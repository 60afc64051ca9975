/**
 * Readers of animal tags of ISO 11784: ear tags, and the PIT tags of fish. A tag is named by its fifteen decimal digits,
 * as ear tags, breeders and veterinarians have it; the notation of PTAGIS, which fisheries use, stands beside it.
 * @module
 */
import { parseDecimal } from '@sigill/evidence';
import {
  type Driver,
  listening,
  type Manifest,
  type Observation,
  type ObservedField,
  optionsOf,
} from '../../driver.ts';
import { DecodeError, DriverError } from '../../errors.ts';
import { formatTransponder, type TransponderNotation } from '../../identifiers/index.ts';
import { readAllflex } from './allflex.ts';
import { readBiomark } from './biomark.ts';
import { createReaderClock, type ReaderClock } from './reader-time.ts';
import { bareTag, type ReaderRecord, type TagRecord, transponderOf } from './record.ts';
import { createTagFramer, STX } from './tag-framer.ts';
import { readWl134 } from './wl134.ts';

type Dialect = 'auto' | 'allflex' | 'biomark' | 'wl134';

const DIALECTS: readonly Dialect[] = ['auto', 'allflex', 'biomark', 'wl134'];
// A code that fills its line: PTAGIS's notation, or the same in decimal digits; or 15 digits, or 23 with all flags
// (ISO 24631-6), with or without the technology. What looks like one of these is read as nothing else.
type Form = readonly [notation: TransponderNotation, form: RegExp];
const DOTTED: readonly Form[] = [
  ['dotHex', /^[0-9A-F]{3}\.[0-9A-F]{10}$/i],
  ['decimal', /^\d{3}\.\d{12}$/],
];
const DIGITS: readonly Form[] = [
  ['decimal', /^(?:(?:FDX-?B|HDX)[ :]+)?0?\d{3}[ -]?\d{12}$/i],
  ['decimal23', /^(?:(?:FDX-?B|HDX)[ :]+)?[01AR]\d{22}$/i],
];
const PLAIN: Readonly<Record<Dialect, readonly Form[]>> = {
  auto: [...DOTTED, ...DIGITS],
  allflex: DIGITS,
  biomark: DOTTED,
  wl134: [],
};

const manifest: Manifest = {
  id: 'iso11784',
  title: 'Reader of animal and PIT tags (Allflex, Biomark, WL-134A)',
  spec: 'https://www.iso.org/standard/25881.html',
  transports: ['serial', 'tcp'],
  kinds: ['tag', 'reader'],
  quantities: [
    'tag.id',
    'tag.pit',
    'tag.type',
    'tag.animal',
    'tag.antenna',
    'device.status',
    'temperature',
    'position.latitude',
    'position.longitude',
  ],
  options: {
    dialect: {
      summary: 'auto recognises each line; allflex, biomark or wl134 reads nothing else',
      default: 'auto',
    },
    zone: {
      summary: "the reader's time zone, an IANA name; without it its times are kept as text",
      default: '',
    },
  },
  serial: { baudRate: 9600 },
};

export const iso11784: Driver = {
  manifest,
  createSession(options) {
    const { dialect: given = '', zone = '' } = optionsOf(manifest, options);
    const dialect = dialectOf(given);
    const clock = clockOf(zone);
    const accepts = { lines: dialect !== 'wl134', frames: /auto|wl134/.test(dialect) };
    return listening(createTagFramer(accepts), (frame) => [
      observe(recordOf(frame, dialect), clock),
    ]);
  },
};

/** @throws DecodeError CHECKSUM_MISMATCH, FRAME_SYNTAX */
function recordOf(frame: Uint8Array, dialect: Dialect): ReaderRecord {
  if (frame[0] === STX) return readWl134(frame);
  const line = String.fromCharCode(...frame).trim();
  const record =
    (dialect === 'biomark' ? null : readAllflex(line)) ??
    (dialect === 'allflex' ? null : readBiomark(line)) ??
    readPlain(line, PLAIN[dialect]);
  if (record !== null) return record;
  const kind = dialect === 'auto' ? 'a reader of animal tags' : dialect;
  throw new DecodeError('FRAME_SYNTAX', `no line of ${kind}: ${line.slice(0, 60)}`);
}

function readPlain(line: string, forms: readonly Form[]): ReaderRecord | null {
  const notation = forms.find(([, form]) => form.test(line))?.[0];
  return notation === undefined ? null : bareTag(transponderOf(line, notation));
}

function observe(record: ReaderRecord, clock: ReaderClock): Observation {
  const { code, reader, antenna } = record;
  const fields: Record<string, ObservedField> = {};
  if (record.what === 'tag') Object.assign(fields, tagFields(record));
  else fields['device.status'] = { value: record.text, unit: null, code };
  if (antenna !== null) Object.assign(fields, antennaField(antenna));
  const time = record.time === null ? null : clock(record.time);
  if (record.time !== null && time === null)
    fields['other.iso11784.time'] = { value: record.time, unit: null, code: null };
  return { kind: record.what === 'tag' ? 'tag' : 'reader', device: reader, time, fields };
}

function antennaField(antenna: string): Record<string, ObservedField> {
  return /^\d{1,3}$/.test(antenna)
    ? { 'tag.antenna': { value: parseDecimal(antenna), unit: null, code: null } }
    : { 'other.iso11784.antenna': { value: antenna, unit: null, code: null } };
}

function tagFields({ tag, code, extras }: TagRecord): Record<string, ObservedField> {
  const field = (value: ObservedField['value']): ObservedField => ({ value, unit: null, code });
  const fields: Record<string, ObservedField> = {};
  if (typeof tag === 'string') fields['tag.id'] = field(tag);
  else {
    const { decimal, dotHex } = formatTransponder(tag);
    fields['tag.id'] = field(decimal);
    fields['tag.pit'] = field(dotHex);
    if (tag.technology !== null) fields['tag.type'] = field(tag.technology);
    if (tag.flags !== null) {
      const { animal, retagging, userInfo } = tag.flags;
      fields['tag.animal'] = field(animal);
      if (retagging > 0) fields['other.iso11784.retagging'] = field(parseDecimal(`${retagging}`));
      if (userInfo > 0) fields['other.iso11784.user-info'] = field(parseDecimal(`${userInfo}`));
    }
  }
  for (const { name, value, unit, number } of extras)
    fields[name] = { value: number ? parseDecimal(value) : value, unit, code: null };
  return fields;
}

function dialectOf(given: string): Dialect {
  const found = DIALECTS.find((one) => one === given);
  if (found !== undefined) return found;
  throw new DriverError('OPTION_INVALID', `dialect is ${DIALECTS.join(', ')}, not ${given}`);
}

function clockOf(zone: string): ReaderClock {
  try {
    return createReaderClock(zone);
  } catch {
    throw new DriverError(
      'OPTION_INVALID',
      `zone ${zone} is no IANA time zone, such as America/Los_Angeles`,
    );
  }
}
