import { decodeHeader } from '@sigill/evidence';
import { decodeRecord } from './agent-records.ts';
import { decodeSnapshotHead, type SnapshotHead } from './agent-snapshot.ts';
import type { ClosedBatch } from './batcher.ts';
import { EdgeError } from './errors.ts';
import type { Journal, Position } from './journal/journal.ts';

export interface ScannedBatch {
  readonly readings: readonly Uint8Array[];
  readonly frames: readonly (Uint8Array | null)[];
  /** Null for what is still open at the end. */
  readonly header: { readonly bytes: Uint8Array; readonly position: Position } | null;
}

/** Batches as the journal has them from a position on. If a batch began before it, the first one lacks readings. */
export async function* scanBatches(journal: Journal, from: Position): AsyncGenerator<ScannedBatch> {
  let readings: Uint8Array[] = [];
  let frames: (Uint8Array | null)[] = [];
  let lastFrame: Uint8Array | null = null;
  for await (const { position, payload } of journal.read(from, Number.MAX_SAFE_INTEGER)) {
    const record = decodeRecord(payload);
    if (record.type === 'reading') {
      if (record.frame instanceof Uint8Array) lastFrame = record.frame;
      readings.push(record.reading);
      frames.push(record.frame === null ? null : lastFrame);
    }
    if (record.type === 'header') {
      yield { readings, frames, header: { bytes: record.header, position } };
      readings = [];
      frames = [];
      lastFrame = null;
    }
  }
  yield { readings, frames, header: null };
}

export interface HeldBatches {
  /** Remembers where a header stands: the batch after it begins there. */
  note(batch: number, headerPosition: Position): void;
  /** The first batch that is held whole. */
  first(): Promise<number>;
  /** A position from which `scanBatches` gives this batch whole. @throws EdgeError BATCH_NOT_HELD */
  locate(batch: number): Promise<Position>;
  /** Batches from this one on that have a header, in order. @throws EdgeError BATCH_NOT_HELD, JOURNAL_CORRUPT */
  read(fromBatch: number): AsyncIterable<ClosedBatch>;
  forget(beforeBatch: number): void;
}

export function createHeldBatches(journal: Journal): HeldBatches {
  // From the segments' snapshots any batch is found; those met since the start are found at once.
  const headers = new Map<number, Position>();

  async function first(): Promise<number> {
    const [head] = journal.heads();
    if (head === undefined) return 0;
    const { nextBatch, openSeq, nextSeq } = await readSnapshotHead(journal, head);
    return openSeq === nextSeq ? nextBatch : nextBatch + 1;
  }

  async function locate(batch: number): Promise<Position> {
    const known = headers.get(batch - 1);
    if (known !== undefined) return known;
    const heads = journal.heads();
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (beginsLater(await readSnapshotHead(journal, heads[middle]!), batch)) low = middle + 1;
      else high = middle;
    }
    const head = heads[low - 1];
    if (head === undefined) throw new EdgeError('BATCH_NOT_HELD', `batch ${batch} was released`);
    return head;
  }

  async function* read(fromBatch: number): AsyncGenerator<ClosedBatch> {
    for await (const { header: record, readings, frames } of scanBatches(
      journal,
      await locate(fromBatch),
    )) {
      if (record === null) return;
      const header = decodeHeader(record.bytes);
      headers.set(header.batch, record.position);
      if (header.batch < fromBatch) continue;
      if (readings.length !== header.count) {
        throw new EdgeError(
          'JOURNAL_CORRUPT',
          `batch ${header.batch}: ${header.count} readings expected, found ${readings.length}`,
        );
      }
      yield { header, headerBytes: record.bytes, readings, frames, streams: null };
    }
  }

  return {
    first,
    note: (batch, position) => headers.set(batch, position),
    locate,
    read,
    forget(beforeBatch) {
      // The last one below stays: it says where the first batch held begins.
      for (const batch of headers.keys()) if (batch < beforeBatch - 1) headers.delete(batch);
    },
  };
}

/** Whether no reading of the batch stands before this snapshot. */
function beginsLater({ nextBatch, nextSeq, openSeq }: SnapshotHead, batch: number): boolean {
  return nextBatch < batch || (nextBatch === batch && openSeq === nextSeq);
}

async function readSnapshotHead(journal: Journal, position: Position): Promise<SnapshotHead> {
  for await (const { payload } of journal.read(position, 1)) {
    const record = decodeRecord(payload);
    if (record.type === 'snapshot') return decodeSnapshotHead(record.snapshot);
  }
  throw new EdgeError('JOURNAL_CORRUPT', `no snapshot at position ${position}`);
}
