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
import type { ErasedLeaf, SealedRange } from './range-sealing.ts';
import type { OperatorChain } from './registration.ts';
import type { Hole, StreamVerdict } from './verdict.ts';

// A verdict names so many holes in words; the list has them all.
const NAMED_HOLES = 5;
// In all streams together, so that counts out of thin air cost no time.
const MAX_HOLES = 100_000;

/**
 * The readings by stream, with what is missing. Pure bookkeeping: nothing is claimed yet.
 * @throws EvidenceError EVIDENCE_FORM for readings of no stream of the file, or erasures of none of its leaves
 */
export function sortStreams(
  file: RangeFile,
  { batches, erased, agent }: SealedRange,
  chain: OperatorChain | null,
): StreamVerdict[] {
  if (file.erasures.length !== erased.length)
    throw formError('an erasure of each erased reading expected');
  const sorted = new Map(file.streams.map((stream) => [nameOf(stream), newStream(stream)]));
  const find = (place: { readonly source: string; readonly device: string }) => {
    const found = sorted.get(nameOf(place));
    if (found === undefined) throw formError(`a reading of stream ${nameOf(place)}, not asked for`);
    return found;
  };
  for (const reading of batches.flatMap(({ readings }) => readings))
    find(reading).readings.push(reading);
  if (chain !== null)
    for (const [at, leaf] of erased.entries()) {
      const word = openErasureOf(file.erasures[at]!, leaf, agent, chain);
      find(word).words.push(word);
    }
  const known = [...sorted.values()];
  for (const one of known) assertWordsInPlace(one, file.period);
  const missing = known.map(({ stream, readings }) => Math.max(stream.count - readings.length, 0));
  if (missing.reduce((sum, count) => sum + count, 0) > MAX_HOLES)
    throw formError(`over ${MAX_HOLES} readings are missing`);
  return known.map((one) => ({
    ...one.stream,
    readings: one.readings,
    holes: holesIn(one),
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

/** At most one reading on either side: the one before the period, the other behind it. */
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
  // Each on its own side: else a period between two readings far behind it would pass for an empty one.
  const stray = [
    ...before.filter(({ time }) => time >= period.from),
    ...after.filter(({ time }) => time < period.to),
  ][0];
  if (stray !== undefined)
    throw new Refuted(
      'HOLES',
      `number ${stray.n} of ${name} does not lie ${stray.n < first ? 'before' : 'behind'} the period: what does is left out`,
    );
  if (first > 0 && before.length === 0)
    throw new Unchecked('END_OPEN', `what came before number ${first} of ${name} is not shown`);
  if (after.length === 0)
    throw new Unchecked(
      'END_OPEN',
      `no reading of ${name} after the period is here: its end is open`,
    );
}

/** One stream of the file: what is there, and what the operator says it erased. */
interface SortedStream {
  readonly stream: RangeStream;
  readonly readings: Reading[];
  readonly words: Erasure[];
}

function newStream(stream: RangeStream): SortedStream {
  return { stream, readings: [], words: [] };
}

/** An operator's word explains a number of this stream, and where it lay among its neighbours. */
function assertWordsInPlace(
  { stream, readings, words }: SortedStream,
  period: Period | null,
): void {
  const margin = period === null ? 0 : 1;
  const { first, count } = stream;
  const stray = words.find(({ n }) => n < first - margin || n >= first + count + margin);
  if (stray !== undefined) throw formError(`nothing asks for the erased number ${stray.n}`);
  const told = new Set<Erasure | Reading>(words);
  const placed = [...readings, ...words].toSorted((one, other) => one.seq - other.seq);
  for (const [at, next] of placed.entries()) {
    const before = placed[at - 1];
    if (before === undefined || (!told.has(before) && !told.has(next))) continue;
    if (before.n >= next.n)
      throw formError(`an erasure says that ${next.n} was sealed behind ${before.n}`);
  }
}

function holesIn({ stream: { first, count }, readings, words }: SortedStream): Hole[] {
  const there = new Set(readings.map(({ n }) => n));
  const reasons = new Map(words.map(({ n, reason }) => [n, reason]));
  const holes: Hole[] = [];
  for (let n = first; n < first + count; n += 1)
    if (!there.has(n)) holes.push({ n, erased: reasons.get(n) ?? null });
  return holes;
}

/** The erasure at the place of this leaf, by any key that the operator had. */
function openErasureOf(
  cose: Uint8Array,
  { seq, leaf }: ErasedLeaf,
  agent: Uint8Array,
  chain: OperatorChain,
): Erasure {
  const word = openWithAny(cose, chain);
  if (!equalBytes(word.agent, agent) || word.seq !== seq || !equalBytes(word.leafHash, leaf))
    throw formError(
      `the erasures in the order of what was erased, that of seq ${seq} here, expected`,
    );
  return word;
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

function nameOf({ source, device }: Pick<RangeStream, 'source' | 'device'>): string {
  return `${source} ${device}`;
}
