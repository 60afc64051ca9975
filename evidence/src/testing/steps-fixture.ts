/**
 * For tests: how many steps of this package's code something takes, so that no clock is needed to tell a hang. Import it
 * before what is counted: only functions compiled since have their loops counted.
 */
import { Session } from 'node:inspector';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** How often blocks of this package's sources were entered. */
export function countSteps(act: () => void): number {
  take();
  act();
  return take();
}

/** Since it was asked last. */
function take(): number {
  let steps = 0;
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error) throw error;
    for (const { url, functions } of (taken as unknown as Coverage).result)
      if (url.includes('/evidence/src/'))
        for (const { ranges } of functions) for (const { count } of ranges) steps += count;
  });
  return steps;
}
