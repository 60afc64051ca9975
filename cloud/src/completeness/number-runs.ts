/** Whole numbers as runs, such as the missing ones of a stream. Pure; the page uses it too. */
export type NumberRun = readonly [first: number, last: number];

/** @param numbers rising */
export function toRuns(numbers: readonly number[]): NumberRun[] {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs;
}

export function countIn(runs: readonly NumberRun[]): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
