import { describe, expect, it } from 'vitest';
import { spanClasses } from './spans.ts';

const columns = (spans: readonly string[]) =>
  spans.map((span) => (span.includes('wide-3') ? 3 : span.includes('wide-2') ? 2 : 1));
const tiles = (others: number, map: boolean) => [
  ...Array.from({ length: others }, () => false),
  ...(map ? [true] : []),
];

describe('where three stand side by side', () => {
  it.each([2, 3, 4, 5, 6, 7, 8, 9])('a map and %i others leave no hole', (others) => {
    const spans = spanClasses(tiles(others, true));
    const below = columns(spans.slice(2, -1)).reduce((sum, n) => sum + n, 0);
    expect(spans.at(-1)).toBe('big');
    expect(below % 3).toBe(0);
  });

  it.each([1, 2, 3, 4, 5])('%i without a map leave no hole', (others) => {
    const sum = columns(spanClasses(tiles(others, false))).reduce((a, b) => a + b, 0);
    expect(sum % 3).toBe(0);
  });

  it('a map alone has the whole width, and with one other a row', () => {
    expect(spanClasses([true])).toEqual(['alone']);
    expect(spanClasses([false, true])[1]).toContain('one-beside');
  });
});
