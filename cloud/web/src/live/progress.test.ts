import { describe, expect, it } from 'vitest';
import { reading, watermarks } from '../../testing/page-fixture.ts';
import { progressOf, regionsOf, stageOf, stateOf } from './progress.ts';

describe('the stage of an entry', () => {
  const marks = watermarks(10, 9, 8, 4, 2);

  it.each([
    [1, 'final'],
    [2, 'anchored'],
    [4, 'witnessed'],
    [8, 'logged'],
    [9, 'sealed'],
    [10, 'sealed'],
  ])('entry %i is %s: a watermark is a size, not an index', (entry, stage) => {
    expect(stageOf(entry, marks)).toBe(stage);
  });

  it('is the farthest one passed, also without a witness', () => {
    expect(stageOf(1, watermarks(10, 9, 0, 4, 2))).toBe('final');
    expect(stageOf(3, watermarks(10, 9, 0, 4, 2))).toBe('anchored');
    expect(stageOf(5, watermarks(10, 9, 0, 4, 2))).toBe('logged');
  });
});

describe('the state of a reading', () => {
  it('moves with the watermarks', () => {
    expect(stateOf(reading(15), watermarks(2, 1, 1, 0, 0))).toBe('sealed');
    expect(stateOf(reading(15), watermarks(9, 9, 9, 9, 9))).toBe('final');
  });

  it('stays as the server says when it is broken, missing or erased, or when there are no watermarks', () => {
    expect(stateOf(reading(1, { state: 'erased' }), watermarks(9, 9, 9, 9, 9))).toBe('erased');
    expect(stateOf(reading(1, { state: 'logged' }), null)).toBe('logged');
  });
});

describe('progress', () => {
  const readings = [reading(35), reading(25), reading(15), reading(5)];

  it('tells for each stage the newest reading that has passed', () => {
    const progress = progressOf(readings, watermarks(4, 3, 2, 1, 0));
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
    const regions = regionsOf(progressOf(readings, watermarks(4, 3, 3, 1, 0)), from, to);
    expect(regions).toEqual([
      { stage: 'anchored', from, to: reading(5).time },
      { stage: 'witnessed', from: reading(5).time, to: reading(25).time },
      { stage: 'sealed', from: reading(25).time, to },
    ]);
  });

  it('shows one region when everything in sight is final', () => {
    const marks = watermarks(9, 9, 9, 9, 9);
    expect(regionsOf(progressOf(readings, marks), 0, reading(35).time)).toEqual([
      { stage: 'final', from: 0, to: reading(35).time },
    ]);
  });
});
