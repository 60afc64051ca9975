/**
 * A batch without some of its readings: in their place stand their leaf hashes, so that it has the same root and all its
 * neighbours are proven as before. A frame goes with the last reading that names it. Pure.
 * @module
 */
import {
  type Batch,
  decodeBatch,
  decodeReading,
  encodeBatch,
  leafHash,
  sha256,
  toHex,
} from '@sigill/evidence';

export interface Redacted {
  readonly bytes: Uint8Array;
  /** Readings that went now. */
  readonly gone: number;
}

const HASH_BYTES = 32;

/** @param erased leaf hashes, hexadecimal. @throws EvidenceError for bytes that are no batch, or readings that are none */
export function redactBatch(bytes: Uint8Array, erased: ReadonlySet<string>): Redacted {
  const batch = decodeBatch(bytes);
  const goes = batch.readings.map(
    (reading) => reading.length !== HASH_BYTES && erased.has(toHex(leafHash(reading))),
  );
  const gone = goes.filter(Boolean).length;
  if (gone === 0) return { bytes, gone };
  const frames = framesOf(batch);
  const left = encodeBatch({
    seal: batch.seal,
    readings: batch.readings.map((reading, at) => (goes[at] ? leafHash(reading) : reading)),
    frames: frames.map((frame, at) => (goes[at] ? null : frame)),
  });
  return { bytes: left, gone };
}

/** Of bytes that are no batch nobody can say where a reading ends: their seal alone stays, for its neighbours. */
export function sealAlone(seal: Uint8Array): Uint8Array {
  return encodeBatch({ seal, readings: [], frames: [] });
}

/** Each reading's own frame; in a batch it is written with the first that names it. */
export function framesOf({ readings, frames }: Batch): (Uint8Array | null)[] {
  let frame: Uint8Array | null = null;
  let name = '';
  return readings.map((reading, at) => {
    const written = frames[at] ?? null;
    if (written !== null) {
      frame = written;
      name = toHex(sha256(written));
    }
    if (reading.length === HASH_BYTES) return null;
    const named = decodeReading(reading).origin.frameHash;
    return named !== null && toHex(named) === name ? frame : null;
  });
}
