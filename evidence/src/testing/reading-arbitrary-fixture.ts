/** For tests: any reading that can be, for properties. */
import fc from 'fast-check';
import type { Field, FieldValue, Reading, ReadingClock } from '../reading/reading.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const value: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.record({
    mantissa: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    exponent: fc.integer({ min: -64, max: 64 }),
  }),
  text,
  fc.uint8Array({ maxLength: 40 }),
  fc.boolean(),
);

const fields: fc.Arbitrary<Field[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9.]{0,20}$/),
      value,
      unit: nullable(text),
      code: nullable(text),
    }),
    { selector: ({ name }) => name, maxLength: 8 },
  )
  .map((list) => list.toSorted((one, other) => (one.name < other.name ? -1 : 1)));

const clock: fc.Arbitrary<ReadingClock> = fc.oneof(
  fc.record({
    quality: fc.constantFrom(0 as const, 1 as const, 3 as const),
    maxErrorMs: nullable(fc.maxSafeNat()),
    deviceTime: nullable(fc.maxSafeInteger()),
    uptimeMs: fc.maxSafeNat(),
  }),
  fc.record({
    quality: fc.constant(2 as const),
    maxErrorMs: fc.nat(),
    deviceTime: nullable(fc.maxSafeInteger()),
    uptimeMs: fc.maxSafeNat(),
  }),
);

export const readings: fc.Arbitrary<Reading> = fc.record({
  agent: bytes(16),
  seq: fc.maxSafeNat(),
  source: fc.oneof(fc.stringMatching(/^[a-z0-9._-]{1,59}(~cell)?$/), fc.constant('~agent')),
  device: fc.stringMatching(/^[ -~]{0,64}$/),
  n: fc.maxSafeNat(),
  kind: fc.string({ minLength: 1, maxLength: 20 }),
  time: fc.maxSafeInteger(),
  clock,
  origin: fc.record({ driver: text, frameHash: nullable(bytes(32)) }),
  fields,
  salt: bytes(16),
});
