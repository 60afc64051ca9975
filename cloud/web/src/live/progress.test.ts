import { describe, expect, it } from 'vitest';
import { marksOf, ORIGIN, reading, watermarks } from '../../testing/page-fixture.ts';
import { progressOf, regionsOf, stageOf, stateOf } from './progress.ts';

describe('the stage of an entry', () => {
  const marks = marksOf(10, 9, 8, 4, 2);

  it.each([
    [1, 'final'],
    [2, 'anchored'],
    [4, 'witnessed'],
    [8, 'logged'],
    [9, 'sealed'],
    [10, 'sealed'],
  ])('entry %i is %s: a watermark is a size, not an index', (entry, stage) => {
    expect(stageOf({ origin: ORIGIN, entry }, marks)).toBe(stage);
  });

  it('is the farthest one passed, also without a witness', () => {
    expect(stageOf({ origin: ORIGIN, entry: 1 }, marksOf(10, 9, 0, 4, 2))).toBe('final');
    expect(stageOf({ origin: ORIGIN, entry: 3 }, marksOf(10, 9, 0, 4, 2))).toBe('anchored');
    expect(stageOf({ origin: ORIGIN, entry: 5 }, marksOf(10, 9, 0, 4, 2))).toBe('logged');
  });
});

describe('the state of a reading', () => {
  it('moves with the watermarks', () => {
    expect(stateOf(reading(15), marksOf(2, 1, 1, 0, 0))).toBe('sealed');
    expect(stateOf(reading(15), marksOf(9, 9, 9, 9, 9))).toBe('final');
  });

  it('stays as the server says when it is broken, missing or erased, or when there are no watermarks', () => {
    expect(stateOf(reading(1, { state: 'erased' }), marksOf(9, 9, 9, 9, 9))).toBe('erased');
    expect(stateOf(reading(1, { state: 'logged' }), new Map())).toBe('logged');
  });
});

describe('a stream that goes on in the next log', () => {
  const next = `${ORIGIN}/2`;
  const marks = new Map([
    [ORIGIN, watermarks(2, 2, 1, 1, 1)],
    [next, { ...watermarks(1, 1, 1, 0, 0), origin: next }],
  ]);
  const readings = [reading(25, { origin: next, entry: 0 }), reading(15), reading(5)];

  it('has each reading judged by the log that it is in', () => {
    expect(readings.map((one) => stateOf(one, marks))).toEqual(['witnessed', 'logged', 'final']);
  });

  it('never claims a stage for a stretch in which something is behind', () => {
    const witnessed = progressOf(readings, marks).find(({ stage }) => stage === 'witnessed');
    expect(witnessed).toEqual({ stage: 'witnessed', reached: true, upTo: reading(5).time });
  });
});

describe('progress', () => {
  const readings = [reading(35), reading(25), reading(15), reading(5)];

  it('tells for each stage the newest reading that has passed', () => {
    const progress = progressOf(readings, marksOf(4, 3, 2, 1, 0));
    expect(progress.map(({ upTo }) => upTo)).toEqual([
      reading(35).time,
      reading(25).time,
      reading(15).time,
      reading(5).time,
      null,
    ]);
    expect(progress.map(({ reached }) => reached)).toEqual([true, false, false, false, false]);
  });

  it('cuts the time axis from final to sealed, and leaves out what no reading has passed', () => {
    const from = reading(0).time;
    const to = reading(35).time;
    const regions = regionsOf(progressOf(readings, marksOf(4, 3, 3, 1, 0)), from, to);
    expect(regions).toEqual([
      { stage: 'anchored', from, to: reading(5).time },
      { stage: 'witnessed', from: reading(5).time, to: reading(25).time },
      { stage: 'sealed', from: reading(25).time, to },
    ]);
  });

  it('shows one region when everything in sight is final', () => {
    const marks = marksOf(9, 9, 9, 9, 9);
    expect(regionsOf(progressOf(readings, marks), 0, reading(35).time)).toEqual([
      { stage: 'final', from: 0, to: reading(35).time },
    ]);
  });
});
