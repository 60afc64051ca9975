/**
 * A caller's clock may be set back; what is waited for then comes no later.
 * @module
 */

export interface SteadyClock {
  fromCaller(callerMs: number): number;
  toCaller(ms: number): number;
}

export function createSteadyClock(): SteadyClock {
  let skew = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    fromCaller(callerMs) {
      if (callerMs + skew < last) skew = last - callerMs;
      last = callerMs + skew;
      return last;
    },
    toCaller: (ms) => ms - skew,
  };
}
