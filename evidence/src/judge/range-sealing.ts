/**
 * Readings -> batches -> the last seal: that all of them are what one agent sealed, in its order.
 * @module
 */
import { equalBytes, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { rootFromMultiInclusion } from '../log/multi-inclusion.ts';
import { decodeReading, type Reading } from '../reading/reading.ts';
import { type BatchHeader, decodeHeader, openSeal } from '../seal/seal.ts';
import { type Established, Refuted } from './claims.ts';
import { formError } from './evidence-parts.ts';
import type { RangeBatch, RangeFile } from './range-file.ts';
import { agentKey, openBefore } from './sealing.ts';
import type { SealedTogether } from './timing.ts';

/** Where an erased reading stood. */
export interface ErasedLeaf {
  readonly seq: number;
  readonly leaf: Uint8Array;
}

export interface ReadingBeside {
  readonly reading: Reading;
  readonly frame: Uint8Array | null;
}

export interface SealedRange {
  readonly agent: Uint8Array;
  readonly headers: readonly BatchHeader[];
  /** Those with readings, in their order. */
  readonly batches: readonly SealedTogether[];
  /** All readings in their order, with the frame that stands beside each. */
  readonly beside: readonly ReadingBeside[];
  readonly erased: readonly ErasedLeaf[];
}

export function judgeRangeSealing(file: RangeFile): Established<SealedRange> {
  const headers = chainOf(file);
  const { agent } = headers[0]!;
  const batches: SealedTogether[] = [];
  const beside: ReadingBeside[] = [];
  const erased: ErasedLeaf[] = [];
  for (const [at, header] of headers.entries()) {
    const batch = file.batches[at]!;
    if (batch.readings.length === 0) continue;
    const opened = openReadings(batch, header, erased);
    beside.push(...opened);
    const readings = opened.map(({ reading }) => reading);
    batches.push({ readings, header, before: headers[at - 1] ?? null });
  }
  assertBegin(file, headers);
  const count = beside.length;
  const { batch: last } = headers.at(-1)!;
  return {
    value: { agent, headers, batches, beside, erased },
    provenBy: `the signature of agent ${toHex(agent)} over batch ${last}, the chain of ${headers.length} headers to it, and the paths of ${count} readings to their roots`,
    trust: ['agent'],
    facts: { agent: toHex(agent), batch: last, batches: headers.length, readings: count },
  };
}

/** The headers, each bound to the next by its hash, the last by its seal. */
function chainOf({ batches, seal, records }: RangeFile): BatchHeader[] {
  const last = decodeHeader(batches.at(-1)!.header);
  const opened = openSeal(seal.bytes, agentKey({ records }, last.agent));
  if (!equalBytes(opened.headerBytes, batches.at(-1)!.header))
    throw new Refuted('OTHER_READING', `the seal closes another batch than ${last.batch}`);
  const headers = [last];
  for (const { header } of batches.slice(0, -1).toReversed()) {
    const next = headers.at(-1)!;
    const before = openBefore(header, next);
    if (!equalBytes(before.agent, next.agent))
      throw new EvidenceError('BATCH_AGENT', `batch ${before.batch} is another agent's`);
    headers.push(before);
  }
  return headers.reverse();
}

function openReadings(
  { readings, path }: RangeBatch,
  header: BatchHeader,
  erased: ErasedLeaf[],
): ReadingBeside[] {
  const leaves = readings.map(({ index, bytes, leaf }) => ({
    index,
    hash: leaf ?? leafHash(bytes!),
  }));
  if (!equalBytes(rootFromMultiInclusion(leaves, header.count, path), header.root))
    throw new EvidenceError(
      'INCLUSION_PROOF',
      `the readings of batch ${header.batch} lead to another root`,
    );
  const opened: ReadingBeside[] = [];
  for (const { index, bytes, leaf, frame } of readings) {
    const seq = header.firstSeq + index;
    if (leaf !== null) erased.push({ seq, leaf });
    if (bytes === null) continue;
    const reading = decodeReading(bytes);
    if (!equalBytes(reading.agent, header.agent))
      throw new EvidenceError('BATCH_AGENT', `reading ${seq} is another agent's`);
    if (reading.seq !== seq)
      throw new EvidenceError(
        'BATCH_SEQUENCE',
        `seq ${seq} stands at this place of its batch, got ${reading.seq}`,
      );
    opened.push({ reading, frame });
  }
  return opened;
}

/** The header before the first reading's is there, since its beacon bounds the clock; and none before that. */
function assertBegin({ batches }: RangeFile, headers: readonly BatchHeader[]): void {
  const first = batches.findIndex(({ readings }) => readings.length > 0);
  const begins = first !== -1 && first === (headers[first]!.batch === 0 ? 0 : 1);
  if (begins || (first === -1 && batches.length === 1)) return;
  throw formError('headers from the one before the first reading’s to the seal’s expected');
}
