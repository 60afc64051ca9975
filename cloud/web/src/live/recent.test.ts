import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import { addRecent, keyOf, MAX_RECENT, MAX_RECENT_STREAMS, type Recent } from './recent.ts';

const seqs = (recent: Recent, of = reading(0)) => recent.get(keyOf(of))?.map(({ seq }) => seq);
const empty: Recent = new Map();

describe('the newest readings of every stream', () => {
  it('are kept newest first, each once, however they arrive', () => {
    const some = addRecent(empty, [reading(5), reading(3)]);
    const more = addRecent(addRecent(some, [reading(7)]), [reading(5), reading(4)]);
    expect(seqs(more)).toEqual([7, 5, 4, 3]);
    expect(seqs(addRecent(more, [reading(7)]))).toEqual([7, 5, 4, 3]);
  });

  it('are bounded in each stream: the oldest go', () => {
    const many = Array.from({ length: MAX_RECENT }, (_, i) => reading(MAX_RECENT - i));
    const recent = addRecent(addRecent(empty, many), [reading(MAX_RECENT + 1)]);
    expect(seqs(recent)?.length).toBe(MAX_RECENT);
    expect(seqs(recent)?.at(-1)).toBe(2);
  });

  it('are bounded in streams: the first ones stay', () => {
    let recent = empty;
    for (let i = 0; i <= MAX_RECENT_STREAMS; i++)
      recent = addRecent(recent, [reading(i, { device: `d${i}` })]);
    expect(recent.size).toBe(MAX_RECENT_STREAMS);
    const grown = addRecent(recent, [reading(999, { device: 'd0' })]);
    expect(seqs(grown, reading(0, { device: 'd0' }))).toEqual([999, 0]);
  });

  it('hold nothing of what agents say of themselves, and of no readings nothing', () => {
    expect(addRecent(empty, [reading(1, { source: '~agent' })])).toBe(empty);
    expect(addRecent(empty, [])).toBe(empty);
  });
});
