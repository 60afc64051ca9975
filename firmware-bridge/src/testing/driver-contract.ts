/**
 * What every driver keeps: its vectors, at every cut, doubled, in noise and torn anywhere; names and units of the table.
 * @module
 */
import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import type { DecodedObservation, Driver, FieldValue, ObservedField, Step } from '../driver.ts';
import { isKnownName, isUnitOf, quantities } from '../quantities.ts';

/** Value as printed (numbers with the device's digits), unit, the device's own code. */
export type ExpectedField = readonly [
  value: string | boolean,
  unit: string | null,
  code: string | null,
];

export interface ExpectedObservation {
  readonly kind: string;
  readonly device: string;
  readonly time: string | null;
  readonly fields: Readonly<Record<string, ExpectedField>>;
}

/** A vector says where it comes from: a clause, a page, a recording of our own with its date. */
export interface Vector {
  readonly name: string;
  readonly source: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Lines joined by CR LF, one byte a character; or the bytes in hexadecimal. */
  readonly frame?: readonly string[];
  readonly hex?: string;
  readonly observations?: readonly ExpectedObservation[];
  /** The codes of what is refused; `error` is short for one refusal and no observation. */
  readonly rejected?: readonly string[];
  readonly error?: string;
  /** `less`: the frame is several messages, so that a part of it tells less, but nothing else. Else a part tells nothing. */
  readonly torn?: 'less';
}

// Longer frames are cut at every byte of their ends and every seventh between: the middle repeats itself.
const EVERY_CUT_BELOW = 2500;

const NOISE = ['', '\0', '\xff\xff', '\r\n', 'garbage', '/', '!', '\x1b[0m$ ls /dev\r\n', '~!/0!'];

export function testDriver(driver: Driver, vectors: readonly Vector[]): void {
  describe(`driver ${driver.manifest.id}`, () => {
    describe.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
      testVector(driver, vector);
    });
  });
}

/** The contract for one vector, for suites that bring their own. */
export function testVector(driver: Driver, vector: Vector): void {
  const bytes = bytesOf(vector);
  const expected = vector.observations ?? [];
  const codes = vector.error ? [vector.error] : (vector.rejected ?? []);
  const run = (...chunks: Uint8Array[]) => runSession(driver, vector.options ?? {}, chunks);

  it(codes.length > 0 && expected.length === 0 ? 'is refused' : 'decodes', () => {
    const told = run(bytes);
    expect(told.rejected.map((rejection) => rejection.code)).toEqual(codes);
    expect(told.observations.map(plain)).toEqual(expected);
  });

  it('is the same at every cut', () => {
    const whole = run(bytes);
    for (const cut of cutsOf(bytes.length))
      expect(run(bytes.subarray(0, cut), bytes.subarray(cut)), `cut at ${cut}`).toEqual(whole);
    expect(run(...Array.from(bytes, (byte) => Uint8Array.of(byte))), 'byte by byte').toEqual(whole);
  });

  it('comes twice when sent twice', () => {
    const twice = run(bytes, bytes);
    expect(twice.observations.map(plain)).toEqual([...expected, ...expected]);
  });

  it('is the same with noise around it', () => {
    for (const noise of NOISE.map(latin1)) {
      const told = run(noise, bytes, noise).observations.map(plain);
      expect(told, `noise ${JSON.stringify(String.fromCharCode(...noise))}`).toEqual(expected);
    }
  });

  it('tells nothing wrong when torn at any byte', () => {
    for (const cut of cutsOf(bytes.length)) {
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)])
        for (const observation of run(part).observations.map(plain))
          if (vector.torn !== 'less')
            expect(expected, `torn at ${cut}`).toContainEqual(observation);
          else assertLess(observation, expected, `torn at ${cut}`);
      const after = run(bytes.subarray(0, cut), bytes).observations.map(plain);
      expect(after.slice(after.length - expected.length), `after a tear at ${cut}`).toEqual(
        expected,
      );
    }
  });

  it('says where each frame was', () => {
    const stream = new Uint8Array([...latin1('noise'), ...bytes]);
    const { observations, rejected } = run(stream);
    for (const { frame, offset } of observations)
      expect(stream.slice(offset, offset + frame.length)).toEqual(frame);
    for (const { bytes, offset, length } of rejected) {
      expect(stream.slice(offset, offset + bytes.length)).toEqual(bytes);
      expect(offset + length).toBeLessThanOrEqual(stream.length);
    }
  });

  it('uses names and units of the table, as its manifest says', () => {
    for (const observation of run(bytes).observations) {
      expect(driver.manifest.kinds).toContain(observation.kind);
      expect(observation.device).toMatch(/^[\x20-\x7e]{0,64}$/);
      for (const [name, field] of Object.entries(observation.fields))
        assertField(driver, name, field);
    }
  });
}

/** Each value of the table that a part tells is one of the whole's; which message said it may differ. */
function assertLess(
  { kind, fields }: ExpectedObservation,
  expected: readonly ExpectedObservation[],
  where: string,
): void {
  const due = expected.filter((whole) => whole.kind === kind);
  for (const [name, [value, unit]] of Object.entries(fields).filter(([n]) => quantities.has(n)))
    expect(
      due.map((whole) => whole.fields[name]?.slice(0, 2)),
      `${where}: ${name}`,
    ).toContainEqual([value, unit]);
}

/** Its name is known, its unit and type are its quantity's. */
export function assertField(driver: Driver, name: string, field: ObservedField): void {
  expect(isKnownName(name), name).toBe(true);
  const quantity = quantities.get(name);
  if (quantity === undefined) return;
  expect(driver.manifest.quantities, name).toContain(name);
  expect(isUnitOf(quantity.dimension, field.unit), `${name} in ${field.unit}`).toBe(true);
  const type = isDecimal(field.value) ? 'number' : typeof field.value;
  const text = quantity.dimension === 'text' || quantity.dimension === 'time';
  const due = text ? 'string' : quantity.dimension === 'flag' ? 'boolean' : 'number';
  expect(type, name).toBe(due);
}

interface Told {
  readonly observations: readonly DecodedObservation[];
  readonly rejected: Step['rejected'];
}

/** Everything a new session tells about these chunks and their end. */
export function runSession(
  driver: Driver,
  options: Readonly<Record<string, string>>,
  chunks: readonly Uint8Array[],
): Told {
  const session = driver.createSession(options);
  const steps = chunks.map((bytes) => session.receive({ bytes }, 0));
  steps.push(session.end(0));
  return {
    observations: steps.flatMap((step) => step.observations),
    rejected: steps.flatMap((step) => step.rejected),
  };
}

/** An observation in the words of a vector. */
export function plain({ kind, device, time, fields }: DecodedObservation): ExpectedObservation {
  const entries = Object.entries(fields).map(
    ([name, { value, unit, code }]) => [name, [printed(value), unit, code]] as const,
  );
  return {
    kind,
    device,
    time: time === null ? null : new Date(time).toISOString(),
    fields: Object.fromEntries(entries),
  };
}

function printed(value: FieldValue): string | boolean {
  if (isDecimal(value)) return formatDecimal(value);
  return value instanceof Uint8Array ? String.fromCharCode(...value) : value;
}

function bytesOf({ frame, hex }: Vector): Uint8Array {
  if (hex !== undefined)
    return Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
  return latin1((frame ?? []).join('\r\n'));
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function cutsOf(length: number): number[] {
  const all = Array.from({ length: length + 1 }, (_, i) => i);
  return length < EVERY_CUT_BELOW
    ? all
    : all.filter((i) => i < 64 || i > length - 64 || i % 7 === 0);
}
