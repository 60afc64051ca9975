import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import { gapOf, isAboutStream, silentAfter } from './silence.ts';

const at = (...seconds: number[]) =>
  seconds.map((second, i) => reading(seconds.length - i, { time: second * 1000 }));
const told = (name: string, value: string) => ({ name, value, unit: null, code: null });

describe('a silence is worth a word', () => {
  it('after a minute, where a device speaks each second', () => {
    expect(silentAfter(at(103, 102, 101, 100), 'curve')).toBe(60_000);
  });

  it('after half as long again as the longest that it has shown', () => {
    expect(silentAfter(at(1320, 720, 120, 119), 'level')).toBe(900_000);
  });

  it('after a quarter of an hour, as long as nothing is known of its rhythm', () => {
    expect(silentAfter(at(100), 'curve')).toBe(900_000);
    expect(silentAfter([], 'level')).toBe(900_000);
  });

  it('at a place that is passed now and then not before the agent must have said that it lives', () => {
    expect(silentAfter(at(103, 102, 101, 100), 'tags')).toBe(450_000);
  });

  it('and what a gap already tells is no rhythm', () => {
    const [newest, ...older] = at(9000, 102, 101, 100);
    expect(
      silentAfter([{ ...(newest as ReturnType<typeof reading>), kind: 'gap' }, ...older], 'curve'),
    ).toBe(60_000);
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
