import { describe, expect, it } from 'vitest';
import { logChangeOf, sitesOf } from './generations.ts';
import type { SlotView, WaitingBox } from './model.ts';

const slot = (number: number, origin: string, change: Partial<SlotView> = {}): SlotView => ({
  ...{
    slot: number,
    rev: 0,
    origin,
    entries: 9,
    closed: null,
    continues: null,
    heardAt: null,
    agents: [],
  },
  ...change,
});
const closed = { size: 812, cause: 'the card died' };
const [first, second, third] = [
  slot(1, 'example.org/a', { closed }),
  slot(3, 'example.org/a/2', { closed, continues: 'example.org/a' }),
  slot(4, 'example.org/a/3', { continues: 'example.org/a/2' }),
];
const alone = slot(2, 'example.org/b/2');
const box: WaitingBox = {
  ...{ box: 'ab', kind: 'generation', name: 'a', fingerprint: '', madeFor: null },
  ...{ gateway: 'example.org/b/2', origin: 'example.org/b/2/2', address: '', askedAt: 0 },
  clockOff: 0,
};

describe('slots as sites', () => {
  it('puts a log and those it goes on from together', () => {
    expect(sitesOf([first, alone, second, third])).toEqual([
      { newest: alone, earlier: [] },
      { newest: third, earlier: [second, first] },
    ]);
  });

  it('keeps a closed log that nobody goes on from', () => {
    expect(sitesOf([first])).toEqual([{ newest: first, earlier: [] }]);
  });
});

describe('what a gateway that asks for its next log would change', () => {
  it('is where the log is held now', () => {
    const change = { from: 'example.org/b/2', to: 'example.org/b/2/2', entries: 9, closed: false };
    expect(logChangeOf(box, { slots: [first, alone] })).toEqual(change);
  });

  it('is where it was closed, when that is done already', () => {
    const slots = [slot(2, 'example.org/b/2', { closed })];
    expect(logChangeOf(box, { slots })).toMatchObject({ entries: 812, closed: true });
  });

  it('is nothing for another box, or for a log that is not here', () => {
    expect(logChangeOf({ ...box, kind: 'agent' }, { slots: [alone] })).toBeNull();
    expect(logChangeOf(box, { slots: [] })).toBeNull();
  });
});
