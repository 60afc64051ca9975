/** A set of whole numbers, kept as runs: batches are dense, so it is one run per agent and a few holes. */
export interface NumberRuns {
  has(number: number): boolean;
  /** A new set with this number in it. */
  with(number: number): NumberRuns;
  readonly runs: readonly NumberRun[];
}

export interface NumberRun {
  readonly first: number;
  readonly last: number;
}

/** @param runs in order, with a hole between any two */
export function createNumberRuns(runs: readonly NumberRun[] = []): NumberRuns {
  return {
    runs,
    has: (number) => runs.some(({ first, last }) => first <= number && number <= last),
    with(number) {
      const before = runs.filter(({ last }) => last < number - 1);
      const after = runs.filter(({ first }) => first > number + 1);
      const touched = runs.slice(before.length, runs.length - after.length);
      const first = Math.min(number, touched[0]?.first ?? number);
      const last = Math.max(number, touched.at(-1)?.last ?? number);
      return createNumberRuns([...before, { first, last }, ...after]);
    },
  };
}
