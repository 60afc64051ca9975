import { describe, expect, it } from 'vitest';
import {
  type MessageVector,
  payloadOf,
  testMessageDriver,
} from '../../testing/message-contract.ts';
import { FUZZ_RUNS, FUZZ_SEED, mutations } from '../../testing/mutations-fixture.ts';
import { codecs } from '../codecs/index.ts';
import { chirpstack } from './chirpstack.ts';
import vectors from './chirpstack.vectors.json' with { type: 'json' };

testMessageDriver(chirpstack, vectors as unknown as MessageVector[]);

const all = vectors as unknown as MessageVector[];

describe('chirpstack', () => {
  it('knows no codec but its own', () => {
    expect(() => chirpstack.createSession({ codec: 'toaster' })).toThrow(
      /codec is one of milesight-udl, decentlab-mbx, milesight-at101, abeeway, not toaster/,
    );
  });
});

describe(`chirpstack under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  it('never throws, and believes nothing that is no JSON', () => {
    const sessions = ['', ...codecs.keys()].map((codec) => chirpstack.createSession({ codec }));
    const telling = '{}[]",:\\0123456789.eE+-=/';
    for (const { run, bytes } of mutations(all.map(payloadOf), telling, FUZZ_RUNS, 1)) {
      const { observations } = sessions[run % sessions.length]!.receive({ bytes }, 0);
      if (observations.length > 0)
        expect(() => JSON.parse(new TextDecoder().decode(bytes)), `run ${run}`).not.toThrow();
    }
  });
});

describe(`payload codecs under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  const payloads = all.flatMap((vector) => {
    const { data } = JSON.parse(new TextDecoder().decode(payloadOf(vector)));
    return typeof data === 'string' ? [Buffer.from(data, 'base64')] : [];
  });

  it.each([...codecs])('%s takes any bytes without a throw but its own', (_, codec) => {
    for (const { run, bytes } of mutations(payloads, '\x01\x02\x03\x04\x05\x0a\x67\x75\x82\x88')) {
      try {
        for (const { fields, time } of codec.decode(bytes, 85)) {
          expect(Number.isNaN(time ?? 0)).toBe(false);
          expect(Object.keys(fields).length, `run ${run}`).toBeGreaterThan(0);
        }
      } catch (error) {
        expect(error, `run ${run}`).toMatchObject({ code: 'FRAME_SYNTAX' });
      }
    }
  });
});
