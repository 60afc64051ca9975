/**
 * Whatever is published, a session tells what a strict reader of JSON would, or refuses it.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk.
 */
import { describe, expect, it } from 'vitest';
import { type MessageVector, payloadOf } from '../testing/message-contract.ts';
import { FUZZ_RUNS, FUZZ_SEED, mutations } from '../testing/mutations-fixture.ts';
import { mqttJson } from './mqtt-json.ts';
import vectors from './mqtt-json.vectors.json' with { type: 'json' };

const payloads = (vectors as unknown as MessageVector[]).map(payloadOf);

describe(`mqtt-json under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  it('never throws, believes nothing that is no JSON, and says the same again', () => {
    const sessions = ['tasmota', 'shelly', ''].map((profile) =>
      mqttJson.createSession({ profile }),
    );
    const telling = '{}[]",:\\0123456789.eE+-tfn';
    for (const { run, bytes } of mutations(payloads, telling, FUZZ_RUNS, 1)) {
      const session = sessions[run % sessions.length];
      const { observations, rejected } = session!.receive({ bytes, topic: 'a/b' }, 0);
      expect(observations.length + rejected.length).toBeLessThanOrEqual(1);
      for (const { frame, kind, device, time, fields } of observations) {
        expect(() => JSON.parse(new TextDecoder().decode(bytes)), `run ${run}`).not.toThrow();
        const [again] = session!.receive({ bytes: frame }, 0).observations;
        expect(again, `run ${run}`).toMatchObject({ kind, device, time, fields });
      }
    }
  });
});
