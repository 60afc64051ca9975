/**
 * Whatever is heard on a bus, a session tells the truth or nothing.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk; a failure prints its seed and path.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createModbusMeterSimulator } from '../../simulators/modbus-meter.ts';
import { runSession, type Vector } from '../../testing/driver-contract.ts';
import { writeQuestion } from './adu.ts';
import { modbusMeter } from './modbus-meter.ts';
import vectors from './modbus-meter.vectors.json' with { type: 'json' };

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_260_131);
const numRuns = Number(process.env.SIGILL_FUZZ_RUNS ?? 3000);

const device = createModbusMeterSimulator({ seed, installedAt: 0 });
const simulated = [
  [0, 80],
  [0xc8, 26],
  [0x156, 40],
].map(([start = 0, count = 0]) => {
  const question = writeQuestion('rtu', { address: 1, read: 4, start, count, transaction: 0 });
  return Buffer.concat([question, ...device.hear(question, 86_400_000)]);
});
const exchanges = [
  ...simulated,
  ...(vectors as unknown as Vector[]).map(({ hex = '' }) => Buffer.from(hex, 'hex')),
];

const wound = fc.record({
  at: fc.nat(400),
  length: fc.nat(12),
  put: fc.uint8Array({ maxLength: 12 }),
});
const stream = fc
  .array(
    fc.record({
      exchange: fc.constantFrom(...exchanges),
      wounds: fc.array(wound, { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) =>
    Buffer.concat(
      parts.map(({ exchange, wounds }) =>
        wounds.reduce((bytes, { at, length, put }) => {
          const from = at % (bytes.length + 1);
          return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
        }, exchange),
      ),
    ),
  );

describe(`modbus-meter under wounds (seed ${seed}, ${numRuns} runs)`, () => {
  it('never throws, and believes no exchange whose checksums are broken', () => {
    fc.assert(
      fc.property(stream, (input) => {
        for (const { frame, offset } of runSession(modbusMeter, {}, [input]).observations) {
          expect(input.subarray(offset, offset + frame.length).equals(frame)).toBe(true);
          for (let at = 0; at < frame.length; ) {
            const answer = at + 8;
            const end = answer + 5 + (frame[answer + 2] ?? 0);
            for (const [from, to] of [
              [at, answer],
              [answer, end],
            ] as const)
              expect(slowCrc(frame.subarray(from, to - 2))).toBe(
                (frame[to - 2] ?? 0) | ((frame[to - 1] ?? 0) << 8),
              );
            at = end;
          }
        }
      }),
      { seed, numRuns },
    );
  });

  it('tells the same however the stream is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(1000), { maxLength: 6 }), (input, cuts) => {
        const edges = [
          0,
          ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b),
          input.length,
        ];
        const chunks = edges.slice(1).map((edge, i) => input.subarray(edges[i], edge));
        expect(runSession(modbusMeter, {}, chunks)).toEqual(runSession(modbusMeter, {}, [input]));
      }),
      { seed, numRuns },
    );
  });

  it.each(['rtu', 'tcp'])('asking over %s, takes any answer without a throw', (mode) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(stream, fc.uint8Array()), { maxLength: 6 }), (answers) => {
        const session = modbusMeter.createSession({ address: '1,2', mode });
        let nowMs = 0;
        for (const bytes of answers) {
          session.tick(nowMs);
          session.receive({ bytes }, nowMs + 10);
          nowMs += 1000;
        }
        session.end(nowMs);
      }),
      { seed, numRuns },
    );
  });
});

/** The same checksum, bit by bit: another way to the same number. */
function slowCrc(data: Uint8Array): number {
  let crc = 0xffff;
  for (const value of data) {
    crc ^= value;
    for (let bit = 0; bit < 8; bit++)
      crc = crc % 2 === 1 ? Math.floor(crc / 2) ^ 0xa001 : Math.floor(crc / 2);
  }
  return crc;
}
