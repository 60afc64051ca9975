/**
 * A register of a simulated meter.
 * @module
 */

/** A sum over minutes that goes on from where it was, as time mostly does. */
export function runningSum<T>(first: number, zero: () => T, add: (sum: T, minute: number) => void) {
  let minute = first;
  let sum = zero();
  return (target: number): T => {
    if (target < minute) {
      minute = first;
      sum = zero();
    }
    for (; minute < target; minute++) add(sum, minute);
    return sum;
  };
}
