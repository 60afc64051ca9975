/**
 * The batches of a range, read one after another from the archive: headers of all, and of those that hold a reading to
 * be shown its bytes, its frame, and the one path for all of them. Readings of others are never opened.
 * @module
 */
import {
  type Batch,
  decodeBatch,
  decodeReading,
  decodeSeal,
  hashesOf,
  leafHash,
  multiInclusionPath,
  type OpenedSeal,
  type RangeBatch,
  type RangeReading,
  type Reading,
  sha256,
  toHex,
} from '@sigill/evidence';
import type { NumberPlace } from '../readings/reading-store.ts';
import type { StoredErasure } from './erasures.ts';
import { type ProofParts, sealOfBatch } from './standing-parts.ts';

export interface ShownBatch {
  readonly batch: RangeBatch;
  readonly opened: Pick<OpenedSeal, 'header' | 'headerBytes'>;
  readonly seal: Uint8Array;
  /** Those shown, decoded. */
  readonly readings: readonly Reading[];
  readonly erasures: readonly StoredErasure[];
}

export interface WantedReadings {
  readonly agent: Uint8Array;
  readonly firstBatch: number;
  readonly lastBatch: number;
  /** By sequence. */
  readonly places: readonly NumberPlace[];
  readonly erasures: readonly StoredErasure[];
}

const GONE_BYTES = 32;

/** @throws CloudError EVIDENCE_PENDING, ARCHIVE_DAMAGED */
export async function* showBatches(
  parts: Pick<ProofParts, 'archive' | 'database'>,
  { agent, firstBatch, lastBatch, places, erasures }: WantedReadings,
): AsyncGenerator<ShownBatch> {
  const wanted = Map.groupBy(places, ({ batch }) => batch);
  const frames = new Set<string>();
  let next = firstBatch;
  for await (const { batch, bytes } of parts.archive.range(agent, firstBatch, lastBatch + 1)) {
    for (; next < batch; next += 1) yield bare(await sealOfBatch(parts, agent, next));
    const decoded = decodeBatch(bytes);
    yield show(decoded, wanted.get(batch) ?? [], erasures, frames);
    next = batch + 1;
  }
  for (; next <= lastBatch; next += 1) yield bare(await sealOfBatch(parts, agent, next));
}

/** Its readings were not believed, or nobody asked for them. */
function bare(seal: Uint8Array): ShownBatch {
  const opened = decodeSeal(seal);
  const batch = { header: opened.headerBytes, readings: [], path: [] };
  return { batch, opened, seal, readings: [], erasures: [] };
}

function show(
  decoded: Batch,
  places: readonly NumberPlace[],
  allErasures: readonly StoredErasure[],
  frames: Set<string>,
): ShownBatch {
  const opened = decodeSeal(decoded.seal);
  const { firstSeq, count } = opened.header;
  const erasures = allErasures.filter(({ seq }) => seq >= firstSeq && seq < firstSeq + count);
  const erased = new Set(erasures.map(({ seq }) => seq));
  const indexes = places
    .filter(({ seq }) => !erased.has(seq))
    .map(({ seq }) => seq - firstSeq)
    .filter((index) => (decoded.readings[index]?.length ?? GONE_BYTES) !== GONE_BYTES);
  if (indexes.length + erasures.length === 0) return bare(decoded.seal);
  const readings: Reading[] = [];
  const shown = indexes.map((index): RangeReading => {
    const bytes = decoded.readings[index] as Uint8Array;
    const reading = decodeReading(bytes);
    readings.push(reading);
    return { index, bytes, leaf: null, frame: frameOf(decoded, index, reading, frames) };
  });
  const leaves = decoded.readings.map((bytes) =>
    bytes.length === GONE_BYTES ? bytes : leafHash(bytes),
  );
  for (const { seq, leafHash: leaf } of erasures)
    shown.push({ index: seq - firstSeq, bytes: null, leaf, frame: null });
  shown.sort((a, b) => a.index - b.index);
  const path = multiInclusionPath(
    shown.map(({ index }) => index),
    leaves.length,
    hashesOf(leaves),
  );
  const batch = { header: opened.headerBytes, readings: shown, path };
  return { batch, opened, seal: decoded.seal, readings, erasures };
}

/** The frame the reading names, if it was kept and stands nowhere before in the file. */
function frameOf(
  { frames: written }: Batch,
  index: number,
  { origin }: Reading,
  given: Set<string>,
): Uint8Array | null {
  if (origin.frameHash === null) return null;
  const name = toHex(origin.frameHash);
  if (given.has(name)) return null;
  given.add(name);
  // In a batch a frame is written with the first of its readings.
  let at = index;
  while (at > 0 && written[at] === null) at -= 1;
  const frame = written[at] ?? null;
  return frame !== null && toHex(sha256(frame)) === name ? frame : null;
}
