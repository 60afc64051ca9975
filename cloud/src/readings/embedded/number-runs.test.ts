import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createNumberRuns } from './number-runs.ts';

it('holds exactly the numbers put in, in as few runs as possible', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), (numbers) => {
      const set = new Set(numbers);
      const runs = numbers.reduce((runs, n) => runs.with(n), createNumberRuns());
      for (let n = -1; n <= 31; n++) expect(runs.has(n)).toBe(set.has(n));
      const starts = [...set].filter((n) => !set.has(n - 1));
      expect(runs.runs.map(({ first }) => first)).toEqual(starts.sort((a, b) => a - b));
    }),
  );
});
