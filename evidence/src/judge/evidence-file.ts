/**
 * The evidence file of one reading, `.sigill`: all that is needed to check it offline. Canonical JSON;
 * byte strings are base64. Nothing in it is believed: a verifier brings its own policy.
 *
 *     { "format": "sigill-evidence@v1", "kind": "reading",
 *       "readings":  [ { "bytes", "batch", "index", "path": [*], "frame": null|… } ],
 *       "headers":   [* header],            batch headers before the seal's, oldest first
 *       …the parts of every evidence file }
 *
 * @module
 */
import { fromBase64 } from '../bytes/bytes.ts';
import {
  array,
  literal,
  nullable,
  object,
  parseCanonicalJson,
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

export interface EvidenceReading {
  readonly bytes: Bytes;
  readonly batch: number;
  /** Within the batch. */
  readonly index: number;
  readonly path: readonly Bytes[];
  readonly frame: Bytes | null;
}

export interface EvidenceFile extends EvidenceParts {
  readonly format: 'sigill-evidence@v1';
  readonly kind: 'reading';
  readonly readings: readonly EvidenceReading[];
  readonly headers: readonly Bytes[];
}

const shape = object({
  format: literal('sigill-evidence@v1'),
  kind: literal('reading'),
  readings: array(
    object({
      bytes: encoded,
      batch: uint,
      index: uint,
      path: array(hash),
      frame: nullable(encoded),
    }),
  ),
  headers: array(encoded),
  ...partShapes,
});

/** The file's parts, none believed yet. @throws EvidenceError JSON_*, BASE64_SYNTAX, EVIDENCE_FORM */
export function parseEvidence(text: string): EvidenceFile {
  assertLength(text);
  const read = parseCanonicalJson(text, shape);
  const file: EvidenceFile = {
    format: read.format,
    kind: read.kind,
    readings: read.readings.map((reading) => ({
      ...reading,
      bytes: fromBase64(reading.bytes),
      path: bytesOf(reading.path),
      frame: reading.frame === null ? null : fromBase64(reading.frame),
    })),
    headers: bytesOf(read.headers),
    ...partsOf(read),
  };
  assertFile(file);
  return file;
}

/** The canonical text. @throws EvidenceError EVIDENCE_FORM */
export function formatEvidence(file: EvidenceFile): string {
  assertFile(file);
  return formatCanonical(file, shape);
}

/** Refuses parts that are missing together or that nothing refers to. */
function assertFile(file: EvidenceFile): void {
  const [reading] = file.readings;
  if (reading === undefined || file.readings.length !== 1) throw formError('one reading expected');
  // The clock is judged by the beacon of the header before; a first batch has none before it.
  const expectedHeaders = reading.batch === 0 ? 0 : 1;
  if (file.headers.length !== expectedHeaders)
    throw formError(`${expectedHeaders} header before the seal's expected`);
  assertParts(file);
}
