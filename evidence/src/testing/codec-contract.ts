/**
 * The contract of every decoder and parser here: it gives back what was encoded; whatever it
 * accepts encodes to the same bytes or text; and any input gives a value or an EvidenceError.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError, type EvidenceErrorCode } from '../errors.ts';

interface Codec<Form extends Uint8Array | string, Value> {
  readonly encode: (value: Value) => Form;
  readonly decode: (form: Form) => Value;
  readonly values: fc.Arbitrary<Value>;
  /** The codes it may refuse with; else any. */
  readonly codes?: readonly EvidenceErrorCode[];
}

export function testBinaryCodec<Value>(name: string, codec: Codec<Uint8Array, Value>): void {
  const random = fc.uint8Array({ maxLength: 300 });
  const mutated = fc
    .tuple(codec.values.map(codec.encode), edits(fc.nat(255)))
    .map(([bytes, changes]) => Uint8Array.from(apply([...bytes], changes)));
  testCodec(name, codec, random, mutated, (bytes) => bytes.slice());
}

export function testTextCodec<Value>(name: string, codec: Codec<string, Value>): void {
  const random = fc.string({ unit: 'binary', maxLength: 300 });
  const unit = fc.constantFrom(...'\n\r\t 0123456789aA+/="\\{}[],:—-.\u0000\ud800\ufeffé');
  const mutated = fc
    .tuple(codec.values.map(codec.encode), edits(unit))
    .map(([text, changes]) => apply(text.split(''), changes).join(''));
  testCodec(name, codec, random, mutated, (text) => text);
}

function testCodec<Form extends Uint8Array | string, Value>(
  name: string,
  { encode, decode, values, codes }: Codec<Form, Value>,
  random: fc.Arbitrary<Form>,
  mutated: fc.Arbitrary<Form>,
  copy: (form: Form) => Form,
): void {
  describe(name, () => {
    it('gives back what was encoded', () => {
      fc.assert(
        fc.property(values, (value) => {
          const form = encode(value);
          const decoded = decode(copy(form));
          expect(decoded).toEqual(value);
          expect(encode(decoded)).toEqual(form);
        }),
      );
    });

    it('accepts one form only of each value, and refuses all else with a code', () => {
      fc.assert(
        fc.property(fc.oneof(random, { arbitrary: mutated, weight: 4 }), (form) => {
          let decoded: Value;
          try {
            decoded = decode(copy(form));
          } catch (error) {
            expect(error).toBeInstanceOf(EvidenceError);
            if (codes !== undefined) expect(codes).toContain((error as EvidenceError).code);
            return;
          }
          expect(encode(decoded)).toEqual(form);
        }),
        { numRuns: 1000 },
      );
    });
  });
}

/** Change, cut, insert, double. */
type Edit<Unit> = readonly ['set' | 'insert' | 'delete' | 'double' | 'cut', number, Unit];

function edits<Unit>(unit: fc.Arbitrary<Unit>): fc.Arbitrary<Edit<Unit>[]> {
  const kind = fc.constantFrom('set', 'insert', 'delete', 'double', 'cut');
  return fc.array(fc.tuple(kind, fc.nat(), unit), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<
    Edit<Unit>[]
  >;
}

function apply<Unit>(units: Unit[], changes: readonly Edit<Unit>[]): Unit[] {
  for (const [kind, place, unit] of changes) {
    const at = units.length === 0 ? 0 : place % units.length;
    if (kind === 'set') units.splice(at, 1, unit);
    else if (kind === 'insert') units.splice(at, 0, unit);
    else if (kind === 'delete') units.splice(at, 1);
    else if (kind === 'double') units.splice(at, 0, ...units.slice(at, at + 8));
    else units.length = at;
  }
  return units;
}
