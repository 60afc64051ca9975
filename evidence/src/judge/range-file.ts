/**
 * The evidence file of a range: readings of one agent, whole streams of it from a number on, without opening anyone
 * else's. With a `number` it is evidence of a value that somebody computed from them.
 *
 *     { "format": "sigill-evidence@v1", "kind": "range" | "number",
 *       "number":   null | { "value", "unit", "projection", "assumptions" },        null in a range
 *       "period":   null | { "from", "to" },       ms; the readings lie in it, one before and one after it bound them
 *       "streams":  [+ { "source", "device", "first", "count" } ],                   numbers first to first + count - 1
 *       "batches":  [+ { "header", "readings": [* { "index", "bytes": null|…, "leaf": null|…, "frame": null|… } ],
 *                    "path": [*] } ],              every batch from one before the first reading's to the seal's
 *       "erasures": [* COSE ],
 *       …the parts of every evidence file, of the last batch's seal }
 *
 * A reading that was erased stands as its leaf hash, and an erasure names it; all others stand as bytes. A frame stands
 * beside the first reading that names it.
 * @module
 */
import { fromBase64 } from '../bytes/bytes.ts';
import {
  array,
  literal,
  nullable,
  object,
  parseCanonicalJson,
  string,
  uint,
} from '../bytes/canonical-json.ts';
import {
  assertLength,
  assertParts,
  type Bytes,
  bytesOf,
  type EvidenceParts,
  encoded,
  formatCanonical,
  formError,
  hash,
  partShapes,
  partsOf,
} from './evidence-parts.ts';

export interface RangeReading {
  /** Within its batch. */
  readonly index: number;
  readonly bytes: Bytes | null;
  /** Of one that was erased. */
  readonly leaf: Bytes | null;
  readonly frame: Bytes | null;
}

export interface RangeBatch {
  readonly header: Bytes;
  readonly readings: readonly RangeReading[];
  /** To the header's root; empty where there are no readings. */
  readonly path: readonly Bytes[];
}

export interface RangeStream {
  readonly source: string;
  readonly device: string;
  readonly first: number;
  readonly count: number;
}

export interface Period {
  /** ms since the Unix epoch; `to` is not in it. */
  readonly from: number;
  readonly to: number;
}

/** A value that somebody computed from the readings, and how. */
export interface ComputedNumber {
  /** As it is shown: a decimal number, or a text. */
  readonly value: string;
  readonly unit: string;
  /** `<name>@v<version>` */
  readonly projection: string;
  /** What it was told besides the readings: canonical JSON. */
  readonly assumptions: string;
}

export interface RangeFile extends EvidenceParts {
  readonly format: 'sigill-evidence@v1';
  readonly kind: 'range' | 'number';
  readonly number: ComputedNumber | null;
  readonly period: Period | null;
  readonly streams: readonly RangeStream[];
  readonly batches: readonly RangeBatch[];
  readonly erasures: readonly Bytes[];
}

const shape = object({
  format: literal('sigill-evidence@v1'),
  kind: literal('range', 'number'),
  number: nullable(
    object({ value: string, unit: string, projection: string, assumptions: string }),
  ),
  period: nullable(object({ from: uint, to: uint })),
  streams: array(object({ source: string, device: string, first: uint, count: uint })),
  batches: array(
    object({
      header: encoded,
      readings: array(
        object({
          index: uint,
          bytes: nullable(encoded),
          leaf: nullable(hash),
          frame: nullable(encoded),
        }),
      ),
      path: array(hash),
    }),
  ),
  erasures: array(encoded),
  ...partShapes,
});

/** The file's parts, none believed yet. @throws EvidenceError JSON_*, BASE64_SYNTAX, EVIDENCE_FORM */
export function parseRange(text: string): RangeFile {
  assertLength(text);
  const read = parseCanonicalJson(text, shape);
  const { format, kind, number, period, streams } = read;
  const file: RangeFile = {
    ...{ format, kind, number, period, streams },
    batches: read.batches.map(({ header, readings, path }) => ({
      header: fromBase64(header),
      readings: readings.map(({ index, bytes, leaf, frame }) => ({
        index,
        bytes: bytes === null ? null : fromBase64(bytes),
        leaf: leaf === null ? null : fromBase64(leaf),
        frame: frame === null ? null : fromBase64(frame),
      })),
      path: bytesOf(path),
    })),
    erasures: bytesOf(read.erasures),
    ...partsOf(read),
  };
  assertRange(file);
  return file;
}

/** The canonical text. @throws EvidenceError EVIDENCE_FORM */
export function formatRange(file: RangeFile): string {
  assertRange(file);
  return formatCanonical(file, shape);
}

/** Whether a text says that it is evidence of a range or a number; it may be anything else for all that. */
export function isRangeText(text: string): boolean {
  return /^\{"format":"sigill-evidence@v1","kind":"(range|number)"/.test(text);
}

function assertRange(file: RangeFile): void {
  const { kind, number, period, streams, batches } = file;
  if ((number !== null) !== (kind === 'number'))
    throw formError('a number has a value, a range has none');
  if (period !== null && period.from >= period.to)
    throw formError('a period that ends after it begins expected');
  if (batches.length === 0) throw formError('a batch at least expected');
  const order = streams.map(({ source, device }) => `${source} ${device}`);
  if (streams.length === 0 || order.some((name, at) => at > 0 && name <= order[at - 1]!))
    throw formError('streams by source and device, none twice, one at least, expected');
  if (period === null && streams.some(({ count }) => count === 0))
    throw formError('a stream of one reading at least, or a period, expected');
  if (number !== null && !isCanonicalJson(number.assumptions))
    throw formError('assumptions in canonical JSON expected');
  for (const { readings, path } of batches) {
    if (readings.length === 0 && path.length > 0) throw formError('a path of no readings');
    for (const { bytes, leaf, frame } of readings) {
      if ((bytes === null) === (leaf === null))
        throw formError('a reading has bytes or a leaf hash');
      if (leaf !== null && frame !== null) throw formError('an erased reading has no frame');
    }
  }
  assertParts(file);
}

/** One text per value, in whatever order its projection wants the keys. */
function isCanonicalJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}
