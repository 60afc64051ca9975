/**
 * An evidence file of all readings of a source in a time, or of a number computed from them. The archive is read batch
 * by batch, and the file is given up when it grows beyond what a verifier opens, with what to ask for instead.
 * @module
 */
import {
  type Beacon,
  type ComputedNumber,
  fromHex,
  type RangeStream,
  type Reading,
  type StreamVerdict,
} from '@sigill/evidence';
import { entryOfBatch, lastLoggedBatch } from '../database/agent-chains.ts';
import { CloudError } from '../errors.ts';
import type { ReadingStore } from '../readings/reading-store.ts';
import { findErasures, type StoredErasure } from './erasures.ts';
import { type ShownBatch, showBatches } from './range-batches.ts';
import { assertRangeSize } from './range-size.ts';
import { chooseStreams, type RangeQuestion } from './range-streams.ts';
import { createRangeText } from './range-writer.ts';
import { type ProofParts, standingParts } from './standing-parts.ts';

export interface RangeParts extends ProofParts {
  /** Says where the readings are; what is shown comes from the archive. */
  readonly store: ReadingStore;
}

/** The number that the readings shown give. @throws CloudError PROJECTION_* */
export type ComputeNumber = (
  streams: readonly StreamVerdict[],
  period: { readonly from: number; readonly to: number },
) => ComputedNumber;

/** @throws CloudError RANGE_EMPTY, RANGE_TOO_LARGE, EVIDENCE_PENDING, ARCHIVE_DAMAGED, PROJECTION_* */
export async function assembleRange(
  parts: RangeParts,
  question: RangeQuestion,
  compute: ComputeNumber | null = null,
): Promise<string> {
  const agent = fromHex(question.agent);
  const { source, from, to } = question;
  const upTo = await parts.database.read((sql) => lastLoggedBatch(sql, agent));
  if (upTo === null) {
    throw new CloudError(
      'EVIDENCE_PENDING',
      `no signed checkpoint covers a batch of agent ${question.agent} yet`,
      { retryable: true },
    );
  }
  const { streams, places } = await chooseStreams(parts.store, question, upTo);
  const erased = await parts.database.read((sql) => findErasures(sql, agent, source));
  const batches = places.map(({ batch }) => batch);
  const [firstBatch, lastBatch] = [Math.min, Math.max].map((most) =>
    batches.reduce((a, b) => most(a, b)),
  ) as [number, number];
  const text = createRangeText();
  const beacons: (Beacon | null)[] = [];
  const readings: Reading[] = [];
  const erasures: Uint8Array[] = [];
  let last: ShownBatch | null = null;
  for await (const batch of showBatches(parts, {
    ...{ agent, lastBatch, places },
    firstBatch: Math.max(firstBatch - 1, 0),
    erasures: erased.filter((one) => streams.some((stream) => holds(stream, one))),
  })) {
    last = batch;
    text.add(batch.batch);
    beacons.push(batch.opened.header.beacon);
    erasures.push(...batch.erasures.map(({ cose }) => cose));
    if (compute !== null) readings.push(...batch.readings);
    const done = batch.opened.header.batch - firstBatch + 1;
    assertRangeSize(text.chars, done / (lastBatch - firstBatch + 1), question);
  }
  const entry = await parts.database.read((sql) => entryOfBatch(sql, agent, lastBatch));
  if (last === null || entry === null)
    throw new CloudError('ARCHIVE_DAMAGED', `batch ${lastBatch} is not entered`);
  const number = compute?.(toStreams(streams, readings), { from, to }) ?? null;
  return text.finish({
    format: 'sigill-evidence@v1',
    kind: number === null ? 'range' : 'number',
    ...{ number, period: { from, to }, streams, erasures },
    ...(await standingParts(parts, entry, last.seal, beacons)),
  });
}

const holds = ({ source, device, first, count }: RangeStream, one: StoredErasure): boolean =>
  one.source === source && one.device === device && one.n >= first && one.n < first + count;

function toStreams(streams: readonly RangeStream[], readings: readonly Reading[]): StreamVerdict[] {
  const byDevice = Map.groupBy(readings, ({ device }) => device);
  return streams.map((stream) => ({
    ...stream,
    readings: byDevice.get(stream.device) ?? [],
    holes: [], // the judge looks for them; a number from readings with holes proves nothing there
  }));
}
