/**
 * What every driver of whole messages keeps: its vectors, the same again from a frame alone, torn and wounded anywhere.
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Driver, Step } from '../driver.ts';
import { assertField, type ExpectedObservation, plain } from './driver-contract.ts';

/** A vector says where it comes from: a clause, a page, a recording of our own with its date. */
export interface MessageVector {
  readonly name: string;
  readonly source: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly topic?: string;
  /** JSON, or a text that is sent as it stands. */
  readonly payload: unknown;
  readonly observations?: readonly ExpectedObservation[];
  /** The code of what is refused. */
  readonly error?: string;
}

export function testMessageDriver(driver: Driver, vectors: readonly MessageVector[]): void {
  describe(`driver ${driver.manifest.id}`, () => {
    describe.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
      testMessageVector(driver, vector);
    });
  });
}

export function testMessageVector(driver: Driver, vector: MessageVector): void {
  const { topic, options = {}, error } = vector;
  const bytes = payloadOf(vector);
  const expected = vector.observations ?? [];
  const tell = (payload: Uint8Array, at: string | undefined = topic): Step =>
    driver
      .createSession(options)
      .receive(at === undefined ? { bytes: payload } : { bytes: payload, topic: at }, 0);

  it(error ? 'is refused' : 'decodes', () => {
    const { observations, rejected } = tell(bytes);
    expect(rejected.map(({ code }) => code)).toEqual(error ? [error] : []);
    expect(observations.map(plain)).toEqual(expected);
  });

  it('says the same from its frame alone, without a topic', () => {
    for (const { frame } of tell(bytes).observations) {
      const again = driver.createSession(options).receive({ bytes: frame }, 0);
      expect(again.observations).toEqual(tell(bytes).observations);
    }
  });

  it('says the same message by message, with the bytes before it counted', () => {
    const session = driver.createSession(options);
    const input = topic === undefined ? { bytes } : { bytes, topic };
    const first = session.receive(input, 0).observations;
    const second = session.receive(input, 0).observations;
    expect(second.map(plain)).toEqual(first.map(plain));
    for (const [i, { offset, frame }] of second.entries())
      expect(offset).toBe((first[i]?.offset ?? 0) + frame.length);
  });

  it('tells nothing when torn', () => {
    for (let cut = 0; cut < bytes.length; cut++) {
      const { observations } = tell(bytes.subarray(0, cut));
      expect(observations, `cut at ${cut}`).toEqual([]);
    }
  });

  it('uses names and units of the table, as its manifest says', () => {
    for (const observation of tell(bytes).observations) {
      expect(driver.manifest.kinds).toContain(observation.kind);
      expect(observation.device).toMatch(/^[\x20-\x7e]{0,64}$/);
      for (const [name, field] of Object.entries(observation.fields)) {
        expect(name).toMatch(/^[a-z][\x21-\x7e]{0,127}$/);
        assertField(driver, name, field);
      }
    }
  });
}

export function payloadOf({ payload }: Pick<MessageVector, 'payload'>): Uint8Array {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return new TextEncoder().encode(text);
}
