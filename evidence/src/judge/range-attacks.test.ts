/** Attacks on ranges and numbers: a reading hidden, a hole explained away, a statement that only seems to be proven. */
import { describe, expect, it } from 'vitest';
import { leafHash } from '../log/merkle-tree.ts';
import { decodeReading } from '../reading/reading.ts';
import { signSeal } from '../seal/seal.ts';
import { codeOf } from '../testing/code-fixture.ts';
import { optionsOf } from '../testing/evidence-fixture.ts';
import { testSigner } from '../testing/key-fixture.ts';
import {
  erasureOf,
  type RangeChoice,
  rangeOf,
  rangeWorld,
  sealTurns,
} from '../testing/range-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import { judgeRange } from './judge-range.ts';
import { formatRange, parseRange, type RangeBatch, type RangeFile } from './range-file.ts';

const { world, house, meter, times, policy, options } = rangeWorld();
const period = { from: times[3]!, to: times[7]! };
const asked: RangeChoice = { device: 'probe-1', first: 3, count: 4, period };
const range = (changes: Partial<RangeChoice> = {}) =>
  rangeOf(world, house, meter, { ...asked, ...changes });
const failures = (file: RangeFile) =>
  failuresOf(judgeRange(parseRange(formatRange(file)), policy, options));
const refusal = (file: RangeFile) => codeOf(() => failures(file));
const file = range();
const changed = (at: number, batch: Partial<RangeBatch>): RangeFile => ({
  ...file,
  batches: file.batches.with(at, { ...file.batches[at]!, ...batch }),
});

describe('readings hidden from a period', () => {
  it('a period sold as empty, between two readings behind it', () => {
    expect(failures(range({ first: 8, count: 0 }))).toEqual({ complete: 'no HOLES' });
  });

  it('a period sold as empty, between two readings before it', () => {
    expect(failures(range({ first: 1, count: 0 }))).toEqual({ complete: 'no HOLES' });
  });

  it('a period sold as empty, before number 0 that lies before it', () => {
    expect(failures(range({ first: 0, count: 0 }))).toEqual({ complete: 'no HOLES' });
  });

  it('a period stretched over readings that are not shown', () => {
    for (const other of [
      { from: times[2]!, to: period.to },
      { from: period.from, to: times[7]! + 1 },
    ])
      expect(failures({ ...file, period: other })).toEqual({ complete: 'no HOLES' });
  });

  it('a number that the agent skipped', () => {
    const skipped = rangeWorld();
    sealTurns(skipped.meter, [10, 12], skipped.times);
    skipped.world.anchor();
    const choice = { device: 'probe-1', first: 9, count: 4, period: null };
    const made = rangeOf(skipped.world, skipped.house, skipped.meter, choice);
    expect(failuresOf(judgeRange(made, skipped.policy, optionsOf(skipped.world)))).toMatchObject({
      complete: 'no HOLES',
    });
  });

  it('heartbeats left out', () => {
    const silent = rangeWorld();
    const origin = { driver: 'sigill', frameHash: null };
    silent.meter.seal(['1', '2', '3'], {
      reading: { kind: 'heartbeat', origin, device: 'probe-1' },
      each: (index) => ({ n: 10 + index }),
    });
    silent.world.anchor();
    const choice = { device: 'probe-1', first: 10, count: 3, period: null };
    const judged = (missing: readonly number[]) =>
      failuresOf(
        judgeRange(
          rangeOf(silent.world, silent.house, silent.meter, { ...choice, missing }),
          silent.policy,
          optionsOf(silent.world),
        ),
      );
    expect(judged([])).toEqual({});
    expect(judged([11])).toEqual({ complete: 'no HOLES' });
  });

  it('a stream under another name, or of no reading and without a period', () => {
    const [stream] = file.streams;
    expect(refusal({ ...file, streams: [{ ...stream!, source: 'attic' }] })).toBe('EVIDENCE_FORM');
    const empty = { ...stream!, device: 'probe-9', first: 5, count: 0 };
    const whole = range({ first: 0, count: 6, period: null });
    expect(codeOf(() => formatRange({ ...whole, streams: [...whole.streams, empty] }))).toBe(
      'EVIDENCE_FORM',
    );
  });

  it('counts out of thin air, in many streams', () => {
    const streams = Array.from({ length: 50 }, (_, at) => ({
      ...{ source: 'attic', device: String(at).padStart(3, '0') },
      ...{ first: 0, count: 99_999 },
    }));
    expect(refusal({ ...file, streams: [...streams, ...file.streams] })).toBe('EVIDENCE_FORM');
  });
});

describe('erasures that explain away', () => {
  const erased = range({ erased: [4, 5] });
  const readingOf = (n: number) =>
    range()
      .batches.flatMap(({ readings }) => readings.map(({ bytes }) => bytes!))
      .find((bytes) => decodeReading(bytes).n === n)!;
  const wordOf = (n: number, changes: object = {}) => {
    const bytes = readingOf(n);
    return erasureOf(world, { ...decodeReading(bytes), ...changes }, leafHash(bytes));
  };
  const withWords = (...erasures: Uint8Array[]) => refusal({ ...erased, erasures });

  it('are refused in another order, twice, or too many', () => {
    const [one, two] = [wordOf(4), wordOf(5)];
    expect(failures({ ...erased, erasures: [one, two] })).toEqual({
      complete: 'not checked ERASED',
    });
    expect(withWords(two, one)).toBe('EVIDENCE_FORM');
    expect(withWords(one, one)).toBe('EVIDENCE_FORM');
    expect(withWords(one, two, two)).toBe('EVIDENCE_FORM');
  });

  it('are refused of a number that was sealed elsewhere', () => {
    expect(withWords(wordOf(4, { n: 6 }), wordOf(5))).toBe('EVIDENCE_FORM');
    expect(withWords(wordOf(4, { n: 5 }), wordOf(5, { n: 4 }))).toBe('EVIDENCE_FORM');
  });

  it('are refused of a stream or a number that nobody asks for', () => {
    expect(withWords(wordOf(4, { device: 'probe-2' }), wordOf(5))).toBe('EVIDENCE_FORM');
    const stray = range({
      erased: [2],
      first: 4,
      count: 3,
      period: { ...period, from: times[4]! },
    });
    expect(stray.erasures).toHaveLength(0);
    expect(withWords(wordOf(4, { n: 900 }), wordOf(5))).toBe('EVIDENCE_FORM');
  });

  it('do not stand for the reading that bounds the period', () => {
    expect(failures(range({ erased: [7] }))).toEqual({ complete: 'not checked END_OPEN' });
  });

  it('hide nothing that nobody erased: a leaf hash without a word', () => {
    expect(withWords(wordOf(4))).toBe('EVIDENCE_FORM');
  });
});

describe('attacks on what a range was sealed with', () => {
  it('a reading repeated, or at another place of its batch', () => {
    const [one, ...more] = file.batches[2]!.readings;
    expect(failures(changed(2, { readings: [one!, one!, ...more] })).sealed).toBe(
      'no INCLUSION_PROOF',
    );
    const moved = { ...one!, index: one!.index + 1 };
    expect(failures(changed(2, { readings: [moved, ...more] })).sealed).toBe('no INCLUSION_PROOF');
  });

  it('a path too long, too short or of another batch', () => {
    const { path } = file.batches[2]!;
    for (const other of [[...path, path[0]!], path.slice(1), file.batches[1]!.path])
      expect(failures(changed(2, { path: other })).sealed).toBe('no INCLUSION_PROOF');
  });

  it('batches in another order, or one twice', () => {
    const [zero, one, two, ...more] = file.batches;
    for (const batches of [
      [zero!, two!, one!, ...more],
      [zero!, one!, one!, two!, ...more],
    ])
      expect(failures({ ...file, batches }).sealed).toBe('no BATCH_LINK');
  });

  it('the whole range re-sealed by another key', () => {
    const bytes = signSeal(file.batches.at(-1)!.header, testSigner('thief'));
    expect(failures({ ...file, seal: { ...file.seal, bytes } }).sealed).toBe(
      'no SIGNATURE_INVALID',
    );
  });

  it('a range of one log sold as of another', () => {
    const log = { ...file.log, origin: 'sigill.example/test/barn' };
    expect(failures({ ...file, log })).toMatchObject({ registered: 'no OTHER_LOG' });
  });

  it('the key revoked since, for all that it sealed', () => {
    const revoked = rangeWorld();
    revoked.world.revoke(revoked.house, revoked.meter.id);
    revoked.world.anchor();
    const made = rangeOf(revoked.world, revoked.house, revoked.meter, asked);
    expect(failuresOf(judgeRange(made, revoked.policy, optionsOf(revoked.world)))).toEqual({
      unrevoked: 'no REVOKED',
    });
  });

  it.each([
    ['back-dated', -3_600_000, 'no BEFORE_BEACON'],
    ['post-dated', 3_600_000, 'no AFTER_CLOSE'],
  ])('one reading among many %s', (_name, shift, failure) => {
    const dated = rangeWorld();
    const { meter: agent, world: other } = dated;
    const time = other.surroundings.now + shift;
    const numbered = (index: number) => ({ n: 10 + index, device: 'probe-1' });
    agent.seal(['1', '2', '3'], {
      each: (index) => ({ ...numbered(index), ...(index === 1 ? { time } : {}) }),
    });
    other.anchor();
    const choice = { device: 'probe-1', first: 10, count: 3, period: null };
    const made = rangeOf(other, dated.house, agent, choice);
    expect(failuresOf(judgeRange(made, dated.policy, optionsOf(other)))).toEqual({
      clock: failure,
    });
  });

  it('a frame beside what an agent says of itself', () => {
    const own = rangeWorld();
    const origin = { driver: 'sigill', frameHash: null };
    own.meter.seal(['1'], {
      reading: { kind: 'heartbeat', origin, device: 'probe-1' },
      each: () => ({ n: 10 }),
    });
    own.world.anchor();
    const choice = { device: 'probe-1', first: 10, count: 1, period: null };
    const made = rangeOf(own.world, own.house, own.meter, choice);
    const at = made.batches.length - 1;
    const readings = made.batches[at]!.readings.map((one) => ({
      ...one,
      frame: new Uint8Array(9),
    }));
    const batches = made.batches.with(at, { ...made.batches[at]!, readings });
    expect(codeOf(() => judgeRange({ ...made, batches }, own.policy, options))).toBe(
      'EVIDENCE_FORM',
    );
  });
});

describe('attacks on a number', () => {
  const number = { value: '3.0', unit: 'Cel', projection: 'spread@v1', assumptions: '{"a":1}' };

  it('a range sold as a number, and a number as a range', () => {
    expect(codeOf(() => formatRange({ ...file, number }))).toBe('EVIDENCE_FORM');
    const kind = 'number' as const;
    expect(codeOf(() => formatRange({ ...file, kind }))).toBe('EVIDENCE_FORM');
  });

  it('assumptions written otherwise', () => {
    for (const assumptions of ['{"a": 1}', '{"a":1,"a":1}', '{"a":1.0}', '', 'a'])
      expect(codeOf(() => formatRange(range({ number: { ...number, assumptions } })))).toBe(
        'EVIDENCE_FORM',
      );
  });

  it('a number of the readings that suit, others left out', () => {
    const recompute = () => ({ value: '3.0', unit: 'Cel' });
    const made = range({ number, missing: [5] });
    expect(failuresOf(judgeRange(made, policy, { ...options, recompute }))).toEqual({
      complete: 'no HOLES',
      recomputed: 'not checked DEPENDS',
    });
  });
});
