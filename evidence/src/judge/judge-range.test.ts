/** Evidence of ranges and numbers, honest and attacked. */
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../errors.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { decodeReading, formatValue } from '../reading/reading.ts';
import { testSigner } from '../testing/key-fixture.ts';
import {
  erasureOf,
  type RangeChoice,
  rangeOf,
  rangeWorld,
  sealTurns,
} from '../testing/range-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import { type JudgeRangeOptions, judgeRange, type Recompute } from './judge-range.ts';
import { type ComputedNumber, formatRange, parseRange, type RangeFile } from './range-file.ts';
import { isProven, NUMBER_CLAIMS, RANGE_CLAIMS } from './verdict.ts';

const { world, house, meter, times, policy, options } = rangeWorld();
const period = { from: times[3]!, to: times[7]! };
const asked: RangeChoice = { device: 'probe-1', first: 3, count: 4, period };
const range = (changes: Partial<RangeChoice> = {}) =>
  rangeOf(world, house, meter, { ...asked, ...changes });
const judged = (file: RangeFile, more: JudgeRangeOptions = {}) =>
  judgeRange(parseRange(formatRange(file)), policy, { ...options, ...more });
const failures = (file: RangeFile) => failuresOf(judged(file));

describe('evidence of a range', () => {
  it('proves all readings of a stream in a period, and nothing of anybody else’s', () => {
    const file = range();
    const verdict = judged(file);
    expect(verdict.claims.map(({ claim }) => claim)).toEqual(RANGE_CLAIMS);
    expect(failuresOf(verdict)).toEqual({});
    expect(isProven(verdict)).toBe(true);
    const [stream] = verdict.streams;
    expect(stream!.readings.map(({ n }) => n)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(stream!.holes).toEqual([]);
    const shown = file.batches.flatMap(({ readings }) => readings.map(({ bytes }) => bytes!));
    expect(shown.every((bytes) => decodeReading(bytes).device === 'probe-1')).toBe(true);
  });

  it('proves a range by numbers alone, from the first reading on', () => {
    const verdict = judged(range({ first: 0, count: 6, period: null }));
    expect(isProven(verdict)).toBe(true);
    expect(verdict.streams[0]!.readings).toHaveLength(6);
  });

  it('proves that a period holds no reading', () => {
    const gap = { from: times[3]! + 1, to: times[4]! };
    const verdict = judged(range({ first: 4, count: 0, period: gap }));
    expect(isProven(verdict)).toBe(true);
  });

  it('says that the end is open where nothing came after the period', () => {
    const open = { from: times[6]!, to: times[9]! + 1_000_000 };
    const verdict = judged(range({ first: 6, count: 4, period: open }));
    expect(failuresOf(verdict)).toEqual({ complete: 'not checked END_OPEN' });
    expect(isProven(verdict, ['complete'])).toBe(true);
  });

  it('holds without a ledger in all that needs none', () => {
    const alone = rangeWorld();
    sealTurns(alone.meter, [10, 11], alone.times);
    const last: RangeChoice = { device: 'probe-1', first: 10, count: 2, period: null };
    const verdict = judgeRange(
      rangeOf(alone.world, alone.house, alone.meter, last),
      alone.policy,
      alone.options,
    );
    expect(failuresOf(verdict)).toMatchObject({ bracket: 'not checked NOT_ANCHORED' });
    const held = verdict.claims.filter(({ holds }) => holds === 'yes').map(({ claim }) => claim);
    expect(held).toEqual(['sealed', 'registered', 'logged', 'witnessed', 'complete', 'decoded']);
  });

  it('says nothing holds that needs a policy, without one', () => {
    const held = judgeRange(range(), null, options).claims.filter(({ holds }) => holds === 'yes');
    expect(held.map(({ claim }) => claim)).toEqual(['sealed', 'complete', 'decoded']);
  });
});

describe('erased readings of a range', () => {
  it('are holes on the operator’s word, and their neighbours still hold', () => {
    const verdict = judged(range({ erased: [4] }));
    expect(failuresOf(verdict)).toEqual({ complete: 'not checked ERASED' });
    expect(verdict.streams[0]!.holes).toEqual([{ n: 4, erased: 'asked for' }]);
  });

  it('are refused on a stranger’s word, of another reading, or without a word', () => {
    const file = range({ erased: [4] });
    const reading = decodeReading(range().batches[2]!.readings[0]!.bytes!);
    const stranger = erasureOf(world, reading, leafHash(new Uint8Array(1)), testSigner('x'));
    const other = erasureOf(world, reading, leafHash(new Uint8Array(1)));
    for (const erasures of [[stranger], [other], []])
      expect(codeOf(() => failures({ ...file, erasures }))).toBe('EVIDENCE_FORM');
  });
});

describe('attacks on a range', () => {
  const file = range();
  const changed = (at: number, batch: Partial<RangeFile['batches'][number]>): RangeFile => ({
    ...file,
    batches: file.batches.with(at, { ...file.batches[at]!, ...batch }),
  });

  it('a reading left out in the middle', () => {
    const verdict = judged(range({ missing: [4] }));
    expect(failuresOf(verdict)).toEqual({ complete: 'no HOLES' });
    expect(verdict.streams[0]!.holes).toEqual([{ n: 4, erased: null }]);
  });

  it('a reading left out at the edge, and the edge moved', () => {
    expect(failures(range({ first: 4, count: 3 }))).toEqual({ complete: 'no HOLES' });
    expect(failures(range({ first: 3, count: 3 }))).toEqual({ complete: 'no HOLES' });
  });

  it('the reading that bounds the period left out', () => {
    expect(failures(range({ missing: [2] }))).toEqual({ complete: 'not checked END_OPEN' });
    expect(failures(range({ missing: [7] }))).toEqual({ complete: 'not checked END_OPEN' });
  });

  it('a count out of thin air', () => {
    const streams = [{ ...file.streams[0]!, count: 2 ** 52 }];
    expect(codeOf(() => failures({ ...file, streams }))).toBe('EVIDENCE_FORM');
  });

  it('a reading removed from its batch without its path', () => {
    const { readings } = file.batches[2]!;
    expect(failures(changed(2, { readings: readings.slice(1) })).sealed).toBe('no INCLUSION_PROOF');
  });

  it('a reading swapped with one of another batch', () => {
    const [one] = file.batches[2]!.readings;
    const [other] = file.batches[1]!.readings;
    const readings = [{ ...one!, bytes: other!.bytes, frame: null }];
    expect(failures(changed(2, { readings })).sealed).toBe('no INCLUSION_PROOF');
  });

  it('a batch left out of the chain', () => {
    const batches = file.batches.filter((_, at) => at !== 2);
    expect(failures({ ...file, batches }).sealed).toBe('no BATCH_LINK');
  });

  it('the tail cut off and another batch’s seal put behind it', () => {
    const batches = file.batches.slice(0, -1);
    expect(failures({ ...file, batches }).sealed).toBe('no OTHER_READING');
  });

  const later = range({ first: 7, count: 2, period: { from: times[7]!, to: times[9]! } });

  it('headers that nothing needs', () => {
    expect(failures(later)).toEqual({});
    const batches = [{ ...file.batches[1]!, readings: [], path: [] }, ...later.batches];
    expect(failures({ ...later, batches }).sealed).toBe('no EVIDENCE_FORM');
  });

  it('the header before the first reading’s left out', () => {
    expect(failures({ ...file, batches: file.batches.slice(1) }).sealed).toBe('no EVIDENCE_FORM');
  });

  it('readings of a stream that was not asked for', () => {
    const streams = [{ ...file.streams[0]!, device: 'probe-2' }];
    expect(codeOf(() => failures({ ...file, streams }))).toBe('EVIDENCE_FORM');
  });

  it('numbers that an agent gave twice', () => {
    const twice = rangeWorld();
    sealTurns(twice.meter, [9, 10], twice.times);
    twice.world.anchor();
    const choice = { device: 'probe-1', first: 8, count: 3, period: null };
    const cheated = rangeOf(twice.world, twice.house, twice.meter, choice);
    const verdict = judgeRange(cheated, twice.policy, {
      ...options,
      blocks: [],
    });
    expect(failuresOf(verdict)).toMatchObject({ complete: 'no OTHER_STREAM' });
  });

  it('another frame, or one given where none belongs', () => {
    const [one, ...more] = file.batches[2]!.readings;
    const other = { ...one!, frame: new Uint8Array([1, 2]) };
    expect(failures(changed(2, { readings: [other, ...more] }))).toEqual({
      decoded: 'no OTHER_FRAME',
    });
    const none = { ...one!, frame: null };
    expect(failures(changed(2, { readings: [none, ...more] }))).toEqual({
      decoded: 'not checked NO_FRAME',
    });
  });

  it('a leaf that no beacon names', () => {
    const leaves = range({ first: 0, count: 10, period: null }).anchors!.leaves;
    expect(leaves.length).toBeGreaterThan(later.anchors!.leaves.length);
    const anchors = { ...later.anchors!, leaves };
    expect(codeOf(() => failures({ ...later, anchors }))).toBe('EVIDENCE_FORM');
  });

  it('is refused, or some claim stops holding, whatever text in it is changed', () => {
    const text = formatRange(file);
    const places = [...text.matchAll(/"[A-Za-z0-9+/=]{24,}"/g)].map(({ index }) => index + 5);
    expect(places.length).toBeGreaterThan(40);
    for (const place of places) {
      const flipped =
        text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1);
      expect(holdsStill(flipped), `character ${place}`).toBe(false);
    }
  });
});

describe('evidence of a number', () => {
  const number: ComputedNumber = {
    value: '3.0',
    unit: 'Cel',
    projection: 'spread@v1',
    assumptions: '{"device":"probe-1"}',
  };
  const recompute: Recompute = ({ projection }, streams) => {
    if (projection !== 'spread@v1') return null;
    const values = streams[0]!.readings
      .slice(1, -1)
      .map(({ fields }) => Number(formatValue(fields[0]!.value)));
    return { value: (Math.max(...values) - Math.min(...values)).toFixed(1), unit: 'Cel' };
  };
  const file = range({ number });

  it('holds when it comes out again', () => {
    const verdict = judged(file, { recompute });
    expect(verdict.claims.map(({ claim }) => claim)).toEqual(NUMBER_CLAIMS);
    expect(isProven(verdict)).toBe(true);
  });

  it.each<[string, Partial<ComputedNumber>, string]>([
    ['another value', { value: '3.1' }, 'no OTHER_NUMBER'],
    ['the same value with other digits', { value: '3.00' }, 'no OTHER_NUMBER'],
    ['another unit', { unit: 'K' }, 'no OTHER_NUMBER'],
    ['a projection nobody has', { projection: 'spread@v2' }, 'not checked NO_PROJECTION'],
  ])('does not with %s', (_, change, failure) => {
    const verdict = judged(range({ number: { ...number, ...change } }), { recompute });
    expect(failuresOf(verdict)).toEqual({ recomputed: failure });
  });

  it('does not where readings are missing', () => {
    const verdict = judged(range({ number, missing: [4] }), { recompute });
    expect(failuresOf(verdict)).toEqual({
      complete: 'no HOLES',
      recomputed: 'not checked DEPENDS',
    });
  });

  it('says so where the projection fails', () => {
    const failing = () => {
      throw new Error('no such meter');
    };
    expect(failuresOf(judged(file, { recompute: failing }))).toEqual({
      recomputed: 'no OTHER_NUMBER',
    });
  });
});

function holdsStill(text: string): boolean {
  try {
    return isProven(judgeRange(parseRange(text), policy, options));
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as EvidenceError).code;
  }
  return 'nothing thrown';
}
