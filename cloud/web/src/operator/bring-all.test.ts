import { describe, expect, it } from 'vitest';
import { bringAll } from './bring-all.ts';

/** Takes a record only behind the ones it follows. */
function taking(follows: Readonly<Record<string, string>>) {
  const taken: string[] = [];
  return async (record: string) => {
    const before = follows[record];
    if (before !== undefined && !taken.includes(before)) throw new Error(`${before} first`);
    taken.push(record);
    return record;
  };
}

describe('several records', () => {
  it('are brought in the order in which they follow each other', async () => {
    const chain = { b: 'a', c: 'b' };
    expect(await bringAll(['c', 'b', 'a'], taking(chain))).toEqual(['a', 'b', 'c']);
    expect(await bringAll(['a', 'b'], taking(chain))).toEqual(['a', 'b']);
    expect(await bringAll([], taking(chain))).toEqual([]);
  });

  it('of which one follows nothing that is there: its own words are told', async () => {
    await expect(bringAll(['x', 'a'], taking({ x: 'gone' }))).rejects.toThrow('gone first');
  });
});
