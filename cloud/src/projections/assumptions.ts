/**
 * Assumptions as canonical JSON: an object with the projection's keys in their order, no white space, and nothing else,
 * so that one number has one text.
 * @module
 */
import { ProjectionError } from './projection.ts';

export type AssumptionValue = string | number;

/** A check of one value; it may turn it away. */
export type Check<T extends AssumptionValue> = (value: unknown, name: string) => T;

type Values<S> = { [K in keyof S]: S[K] extends Check<infer T> ? T : never };

/** @throws ProjectionError for anything but the one text */
export function parseAssumptions<S extends Record<string, Check<AssumptionValue>>>(
  text: string,
  checks: S,
): Values<S> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new ProjectionError('assumptions: JSON expected');
  }
  if (typeof given !== 'object' || given === null)
    throw new ProjectionError('assumptions: an object expected');
  const values = given as Record<string, unknown>;
  const read = Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, check(values[name], name)]),
  );
  if (JSON.stringify(read) !== text)
    throw new ProjectionError(
      `assumptions: exactly ${Object.keys(checks).join(', ')} expected, in this order`,
    );
  return read as Values<S>;
}

export const text: Check<string> = (value, name) => {
  if (typeof value === 'string' && value.length <= 128) return value;
  throw new ProjectionError(`assumptions: ${name}: a text expected`);
};

export const whole =
  (least: number, most: number): Check<number> =>
  (value, name) => {
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most)
      return value as number;
    throw new ProjectionError(`assumptions: ${name}: ${least} to ${most} expected`);
  };

export const oneOf =
  <T extends string>(...words: readonly T[]): Check<T> =>
  (value, name) => {
    if ((words as readonly unknown[]).includes(value)) return value as T;
    throw new ProjectionError(`assumptions: ${name}: ${words.join(' or ')} expected`);
  };
