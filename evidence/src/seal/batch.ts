/**
 * A batch on the wire: the seal and what it closes.
 *
 *     [ seal: bstr, [* reading: bstr], [* frame: bstr|null] ]
 *
 * A reading that was lost or erased stands as its leaf hash: exactly 32 bytes, and a reading is
 * always longer. One device frame often gives several readings; it is written with the first of
 * them and null with the others, whose frameHash names it.
 * @module
 */
import { compareBytes, equalBytes, toHex } from '../bytes/bytes.ts';
import { CborReader, CborWriter } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { leafHash, treeRoot } from '../log/merkle-tree.ts';
import { decodeReading, type Reading } from '../reading/reading.ts';
import { type BatchHeader, headerHash, NO_PREVIOUS, openSeal } from './seal.ts';

export interface Batch {
  readonly seal: Uint8Array;
  /** Reading bytes, or the leaf hash of one that is gone. */
  readonly readings: readonly Uint8Array[];
  /** As many as readings. */
  readonly frames: readonly (Uint8Array | null)[];
}

// A batch closes at 256 kB by default; whoever needs more may have it, up to what one request carries.
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
export const MAX_BATCH_READINGS = 65_536;
const HASH_BYTES = 32;

export function encodeBatch({ seal, readings, frames }: Batch): Uint8Array {
  const writer = new CborWriter(64 * 1024);
  writer.array(3);
  writer.bytes(seal);
  writer.array(readings.length);
  for (const reading of readings) writer.bytes(reading);
  writer.array(frames.length);
  let last: Uint8Array | null = null;
  for (const frame of frames) {
    if (frame === null || (last !== null && compareBytes(frame, last) === 0)) writer.nil();
    else {
      writer.bytes(frame);
      last = frame;
    }
  }
  return writer.finish();
}

/** The parts as they stand: nothing is checked but the form. @throws EvidenceError BATCH_FORM */
export function decodeBatch(bytes: Uint8Array): Batch {
  if (bytes.length > MAX_BATCH_BYTES)
    throw formError(`at most ${MAX_BATCH_BYTES} bytes expected, got ${bytes.length}`);
  try {
    const reader = new CborReader(bytes);
    reader.tuple(3);
    const seal = reader.bytes();
    const readings = readList(reader, () => reader.bytes());
    const frames = readList(reader, () => reader.nullable(() => reader.bytes()));
    reader.end();
    assertWrittenOnce(frames);
    if (readings.length !== frames.length)
      throw formError(`${readings.length} frames expected, got ${frames.length}`);
    return { seal, readings, frames };
  } catch (cause) {
    if (cause instanceof EvidenceError && cause.code === 'BATCH_FORM') throw cause;
    throw new EvidenceError('BATCH_FORM', (cause as Error).message, { cause });
  }
}

/** Where an agent's chain of batches stands. */
export interface ChainHead {
  readonly batch: number;
  readonly headerHash: Uint8Array;
  readonly nextSeq: number;
}

export interface CheckedSeal {
  readonly header: BatchHeader;
  readonly headerBytes: Uint8Array;
  readonly seal: Uint8Array;
  /** Where the chain stands after this batch. */
  readonly head: ChainHead;
}

export interface CheckedBatch extends CheckedSeal {
  /** Null where only the leaf hash is left. */
  readonly readings: readonly (Reading | null)[];
  readonly readingBytes: readonly Uint8Array[];
  /** Each reading's frame, found by its frameHash; null if it was not kept. */
  readonly frames: readonly (Uint8Array | null)[];
  readonly leaves: readonly Uint8Array[];
}

/**
 * Everything a gateway or cloud can know of a batch by itself.
 * @param publicKey the agent's registered key
 * @param logs ids of the logs the batch may be for: this one, or the closed one it succeeds
 * @param previous null for an agent's first batch
 * @throws EvidenceError BATCH_*, SEAL_FORM, HEADER_FORM, READING_FORM, KEY_*, SIGNATURE_*
 */
export function checkBatch(
  bytes: Uint8Array,
  publicKey: Uint8Array,
  logs: readonly Uint8Array[],
  previous: ChainHead | null,
): CheckedBatch {
  const batch = decodeBatch(bytes);
  const checked = checkSeal(batch.seal, publicKey, logs, previous);
  return { ...checked, ...checkContents(batch, checked.header) };
}

/**
 * What a seal shows by itself: who signed it, for which log, and that it is next in its chain.
 * @throws EvidenceError BATCH_*, SEAL_FORM, HEADER_FORM, KEY_*, SIGNATURE_*
 */
export function checkSeal(
  seal: Uint8Array,
  publicKey: Uint8Array,
  logs: readonly Uint8Array[],
  previous: ChainHead | null,
): CheckedSeal {
  const { header, headerBytes } = openSeal(seal, publicKey);
  if (!equalBytes(header.agent, sha256(publicKey).subarray(0, 16)))
    throw new EvidenceError('BATCH_AGENT', `agent ${toHex(header.agent)} is not that of the key`);
  if (!logs.some((log) => equalBytes(log, header.log)))
    throw new EvidenceError('BATCH_LOG', `log ${toHex(header.log)} is not this one`);
  assertLink(header, previous);
  return {
    header,
    headerBytes,
    seal,
    head: {
      batch: header.batch,
      headerHash: headerHash(headerBytes),
      nextSeq: header.firstSeq + header.count,
    },
  };
}

/** The readings a header closes. @throws EvidenceError BATCH_*, READING_FORM */
export function checkContents(
  batch: Batch,
  header: BatchHeader,
): Pick<CheckedBatch, 'readings' | 'readingBytes' | 'frames' | 'leaves'> {
  if (batch.readings.length !== header.count)
    throw new EvidenceError(
      'BATCH_SEQUENCE',
      `${header.count} readings expected, got ${batch.readings.length}`,
    );
  const leaves = batch.readings.map((bytes) =>
    bytes.length === HASH_BYTES ? bytes : leafHash(bytes),
  );
  if (!equalBytes(treeRoot(leaves), header.root))
    throw new EvidenceError('BATCH_ROOT', 'the readings have another root than the header says');
  const readings = batch.readings.map((bytes, index) => {
    if (bytes.length === HASH_BYTES) return null;
    const reading = decodeReading(bytes);
    if (!equalBytes(reading.agent, header.agent))
      throw new EvidenceError('BATCH_AGENT', `reading ${index} is of another agent`);
    if (reading.seq !== header.firstSeq + index)
      throw new EvidenceError(
        'BATCH_SEQUENCE',
        `seq ${header.firstSeq + index} expected, got ${reading.seq}`,
      );
    return reading;
  });
  return { readings, readingBytes: batch.readings, frames: matchFrames(batch, readings), leaves };
}

function assertLink(header: BatchHeader, previous: ChainHead | null): void {
  const expected = previous ?? { batch: -1, headerHash: NO_PREVIOUS, nextSeq: 0 };
  if (header.batch !== expected.batch + 1)
    throw new EvidenceError(
      'BATCH_LINK',
      `batch ${expected.batch + 1} expected, got ${header.batch}`,
    );
  if (header.firstSeq !== expected.nextSeq)
    throw new EvidenceError(
      'BATCH_SEQUENCE',
      `firstSeq ${expected.nextSeq} expected, got ${header.firstSeq}`,
    );
  if (!equalBytes(header.previous, expected.headerHash))
    throw new EvidenceError('BATCH_LINK', `batch ${header.batch} follows another header`);
}

/** Each frame belongs to the reading it stands with, and to those after it that name its hash. */
function matchFrames(batch: Batch, readings: readonly (Reading | null)[]): (Uint8Array | null)[] {
  let frame: Uint8Array | null = null;
  let frameHash: Uint8Array | null = null;
  return readings.map((reading, index) => {
    const written = batch.frames[index] ?? null;
    if (written !== null) {
      frame = written;
      frameHash = sha256(written);
    }
    const named = reading?.origin.frameHash ?? null;
    const fits = named !== null && frameHash !== null && equalBytes(named, frameHash);
    if (written !== null && !fits)
      throw new EvidenceError('BATCH_FRAME', `frame ${index} is not the one its reading names`);
    return fits ? frame : null;
  });
}

function assertWrittenOnce(frames: readonly (Uint8Array | null)[]): void {
  let last: Uint8Array | null = null;
  for (const frame of frames) {
    if (frame === null) continue;
    if (last !== null && compareBytes(frame, last) === 0)
      throw formError('a frame is written once, and null beside the readings that share it');
    last = frame;
  }
}

function readList<T>(reader: CborReader, item: () => T): T[] {
  const length = reader.array();
  if (length > MAX_BATCH_READINGS)
    throw formError(`at most ${MAX_BATCH_READINGS} readings expected, got ${length}`);
  const items: T[] = [];
  for (let index = 0; index < length; index += 1) items.push(item());
  return items;
}

function formError(message: string): EvidenceError {
  return new EvidenceError('BATCH_FORM', message);
}
