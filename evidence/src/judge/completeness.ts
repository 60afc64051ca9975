/**
 * Whether all readings of each stream are there: numbers without a hole, and where a period is stated, a reading before
 * and one after it. What is missing is named, with the operator's reason where it was erased.
 * @module
 */
import { type Erasure, openErasure } from '../anchor/erasure.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import type { Reading } from '../reading/reading.ts';
import { type Established, Refuted, Unchecked } from './claims.ts';
import { formError } from './evidence-parts.ts';
import type { Period, RangeFile, RangeStream } from './range-file.ts';
import type { SealedRange } from './range-sealing.ts';
import type { OperatorChain } from './registration.ts';
import type { Hole, StreamVerdict } from './verdict.ts';

// A verdict names so many holes in words; the list has them all.
const NAMED_HOLES = 5;
// So that a count out of thin air costs no time.
const MAX_HOLES = 100_000;

/**
 * The readings by stream, with what is missing. Pure bookkeeping: nothing is claimed yet.
 * @throws EvidenceError EVIDENCE_FORM for readings of no stream of the file, or erasures of none of its leaves
 */
export function sortStreams(
  { streams, erasures }: RangeFile,
  { agent, batches, erased }: SealedRange,
  chain: OperatorChain | null,
): StreamVerdict[] {
  if (erasures.length !== erased.length)
    throw formError('an erasure of each erased reading expected');
  const words = chain === null ? [] : erasures.map((cose) => openWithAny(cose, chain));
  for (const { seq, leaf } of chain === null ? [] : erased) {
    if (!words.some((word) => isOf(word, agent, seq, leaf)))
      throw formError(`no erasure names the leaf of reading ${seq}`);
  }
  const sorted = streams.map((stream) => ({ stream, readings: [] as Reading[] }));
  const byName = new Map(sorted.map((one) => [nameOf(one.stream), one]));
  for (const reading of batches.flatMap(({ readings }) => readings)) {
    const found = byName.get(nameOf(reading));
    if (found === undefined)
      throw formError(`a reading of stream ${nameOf(reading)}, not asked for`);
    found.readings.push(reading);
  }
  return sorted.map(({ stream, readings }) => ({
    ...stream,
    readings,
    holes: holesIn(stream, readings, words),
  }));
}

/** @throws Refuted, Unchecked */
export function judgeComplete(
  streams: readonly StreamVerdict[],
  { period, erasures }: RangeFile,
  chain: OperatorChain | null,
): Established<true> {
  if (chain === null && erasures.length > 0)
    throw new Unchecked('NO_POLICY', 'no policy says whose word the erasures are');
  for (const stream of streams) assertOrder(stream);
  const holes = streams.flatMap((stream) => stream.holes.map((hole) => ({ ...hole, stream })));
  const told = (some: typeof holes) =>
    some
      .slice(0, NAMED_HOLES)
      .map(({ n, stream, erased }) => `${n} of ${nameOf(stream)}${erased ? `: ${erased}` : ''}`)
      .join('; ') + (some.length > NAMED_HOLES ? ' and others' : '');
  const unexplained = holes.filter(({ erased }) => erased === null);
  if (unexplained.length > 0)
    throw new Refuted(
      'HOLES',
      `${unexplained.length} readings are missing without a reason: ${told(unexplained)}`,
    );
  for (const stream of streams) assertBounds(stream, period);
  if (holes.length > 0)
    throw new Unchecked(
      'ERASED',
      `${holes.length} readings were erased on the operator’s word: ${told(holes)}`,
    );
  const count = streams.reduce((sum, stream) => sum + stream.count, 0);
  const bounds = period === null ? '' : ', and the readings before and after the period';
  return {
    value: true,
    provenBy: `${count} readings of ${streams.length} streams, numbered without a hole${bounds}`,
    trust: ['agent'],
    facts: { readings: count, streams: streams.length },
  };
}

/** Numbers rise by one from reading to reading as they were sealed, but for the holes. */
function assertOrder({ readings, holes, source, device }: StreamVerdict): void {
  const missing = new Set(holes.map(({ n }) => n));
  for (const [at, { n }] of readings.entries()) {
    const before = readings[at - 1];
    if (before === undefined) continue;
    let expected = before.n + 1;
    while (missing.has(expected)) expected += 1;
    if (n !== expected)
      throw new Refuted(
        'OTHER_STREAM',
        `number ${expected} of ${nameOf({ source, device })} expected, got ${n}`,
      );
  }
}

/** At most one reading on either side, and outside the period. */
function assertBounds(stream: StreamVerdict, period: Period | null): void {
  const { first, count, readings } = stream;
  const name = nameOf(stream);
  const before = readings.filter(({ n }) => n < first);
  const after = readings.filter(({ n }) => n >= first + count);
  if (
    before.length > 1 ||
    after.length > 1 ||
    (period === null && before.length + after.length > 0)
  )
    throw formError(`readings of ${name} beyond those that bound the period`);
  if (period === null) return;
  const inside = ({ time }: Reading) => time >= period.from && time < period.to;
  const stray = [...before, ...after].find(inside);
  if (stray !== undefined)
    throw new Refuted('HOLES', `number ${stray.n} of ${name} lies in the period and is left out`);
  if (first > 0 && before.length === 0)
    throw new Unchecked('END_OPEN', `what came before number ${first} of ${name} is not shown`);
  if (after.length === 0)
    throw new Unchecked(
      'END_OPEN',
      `no reading of ${name} after the period is here: its end is open`,
    );
}

function holesIn(
  { source, device, first, count }: RangeStream,
  readings: readonly Reading[],
  words: readonly Erasure[],
): Hole[] {
  const there = new Set(readings.map(({ n }) => n));
  if (count > there.size + MAX_HOLES)
    throw new EvidenceError('EVIDENCE_FORM', `over ${MAX_HOLES} readings of a stream are missing`);
  const holes: Hole[] = [];
  for (let n = first; n < first + count; n += 1) {
    if (there.has(n)) continue;
    const word = words.find((one) => one.n === n && one.source === source && one.device === device);
    holes.push({ n, erased: word?.reason ?? null });
  }
  return holes;
}

function openWithAny(cose: Uint8Array, chain: OperatorChain): Erasure {
  for (const { record } of chain.toReversed()) {
    try {
      return openErasure(cose, record.key);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
    }
  }
  throw formError('an erasure that no key of the operator signed');
}

function isOf(word: Erasure, agent: Uint8Array, seq: number, leaf: Uint8Array): boolean {
  return equalBytes(word.agent, agent) && word.seq === seq && equalBytes(word.leafHash, leaf);
}

function nameOf({ source, device }: Pick<RangeStream, 'source' | 'device'>): string {
  return `${source} ${device}`;
}
