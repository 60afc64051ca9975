import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import type { Reading } from '../api/model.ts';
import { gapOf, isAboutStream, silenceOf } from './silence.ts';
import type { View } from './views.ts';

const at = (...seconds: number[]) =>
  seconds.map((second, i) => reading(seconds.length - i, { time: second * 1000 }));
const told = (name: string, value: string) => ({ name, value, unit: null, code: null });

describe('a silence is worth a word', () => {
  const after = (seconds: number, readings: readonly Reading[], view: View = 'curve') =>
    silenceOf(readings, view, (readings[0]?.time ?? 0) + seconds * 1000);

  it('after a minute, where a device speaks each second', () => {
    expect(after(60, at(103, 102, 101, 100))).toBeNull();
    expect(after(61, at(103, 102, 101, 100))).toBe(61_000);
  });

  it('after half as long again as the longest that it has shown', () => {
    expect(after(900, at(1320, 720, 120, 119), 'level')).toBeNull();
    expect(after(901, at(1320, 720, 120, 119), 'level')).toBe(901_000);
  });

  it('after a quarter of an hour, as long as nothing is known of its rhythm', () => {
    expect(after(900, at(100))).toBeNull();
    expect(after(901, at(100))).toBe(901_000);
    expect(after(901, [])).toBeNull();
  });

  it('though the agent says that it lives itself: a device with a rhythm must be heard', () => {
    const [beat, ...device] = at(500, 102, 101, 100).map((one, i) =>
      i === 0 ? { ...one, kind: 'heartbeat' } : one,
    );
    expect(silenceOf([beat as Reading, ...device], 'curve', 501_000)).toBe(399_000);
  });

  it('not where things pass now and then, as long as the agent says that it lives', () => {
    const [beat, ...tags] = at(500, 102, 101, 100).map((one, i) =>
      i === 0 ? { ...one, kind: 'heartbeat' } : one,
    );
    expect(silenceOf([beat as Reading, ...tags], 'tags', 501_000)).toBeNull();
    expect(silenceOf(tags, 'tags', 553_000)).toBe(451_000);
  });

  it('where things pass now and then and the way to the reader is not open', () => {
    const fields = [told('heartbeat.transport', 'connecting')];
    const [beat, ...tags] = at(500, 102, 101, 100);
    const closed = { ...(beat as Reading), kind: 'heartbeat', fields };
    expect(silenceOf([closed, ...tags], 'tags', 601_000)).toBe(499_000);
  });

  it('and what a gap already tells is no rhythm, and no word of the device', () => {
    const [first, gap, ...older] = at(9001, 9000, 102, 101, 100);
    const told = { ...(gap as Reading), kind: 'gap' };
    expect(silenceOf([first as Reading, told, ...older], 'curve', 9_062_000)).toBe(61_000);
    expect(silenceOf([told, ...older], 'curve', 9_001_000)).toBe(8_899_000);
  });
});

describe('a gap', () => {
  const fields = [told('gap.from', '1000'), told('gap.to', '9000'), told('gap.cause', 'restart')];

  it('says from when to when, how many and why', () => {
    expect(gapOf(reading(1, { kind: 'gap', fields }))).toEqual({
      ...{ from: 1000, to: 9000, count: null, cause: 'restart' },
    });
  });

  it('may not know when it began', () => {
    const open = [told('gap.to', '9000'), told('gap.count', '12'), told('gap.cause', 'disk')];
    const gap = gapOf(reading(1, { kind: 'gap', fields: open }));
    expect(gap).toEqual({ from: null, to: 9000, count: '12', cause: 'disk' });
  });

  it('is told by a gap alone', () => {
    expect(gapOf(reading(1, { fields }))).toBeNull();
    expect(gapOf(reading(1, { kind: 'gap', fields: [] }))).toBeNull();
    expect(
      ['gap', 'heartbeat', 'meter'].map((kind) => isAboutStream(reading(1, { kind }))),
    ).toEqual([true, true, false]);
  });
});
