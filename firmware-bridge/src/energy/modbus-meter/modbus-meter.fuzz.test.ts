/**
 * Whatever is heard on a bus, a session tells the truth or nothing.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk.
 */
import { describe, expect, it } from 'vitest';
import { createModbusMeterSimulator } from '../../simulators/modbus-meter.ts';
import { runSession, type Vector } from '../../testing/driver-contract.ts';
import { FUZZ_RUNS, FUZZ_SEED, mutations } from '../../testing/mutations-fixture.ts';
import { writeQuestion } from './adu.ts';
import { modbusMeter } from './modbus-meter.ts';
import vectors from './modbus-meter.vectors.json' with { type: 'json' };

const device = createModbusMeterSimulator({ seed: FUZZ_SEED, installedAt: 0 });
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
// Addresses, functions, exceptions, counts.
const TELLING = '\x01\x02\x03\x04\x83\x84\x00\x0a\x50\xa0';

describe(`modbus-meter under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  it('never throws, and believes no exchange whose checksums are broken', () => {
    for (const { run, bytes } of mutations(exchanges, TELLING)) {
      for (const { frame, offset } of runSession(modbusMeter, {}, [bytes]).observations) {
        expect(Buffer.compare(bytes.subarray(offset, offset + frame.length), frame)).toBe(0);
        for (let at = 0; at < frame.length; ) {
          const end = at + 8 + 5 + (frame[at + 8 + 2] ?? 0);
          expect(isSound(frame.subarray(at, at + 8)), `run ${run}`).toBe(true);
          expect(isSound(frame.subarray(at + 8, end)), `run ${run}`).toBe(true);
          at = end;
        }
      }
    }
  });

  it('tells the same however the stream is cut', () => {
    for (const { run, bytes } of mutations(exchanges, TELLING, FUZZ_RUNS / 10)) {
      const cuts = [run % 13, run % 97, run % 251].sort((a, b) => a - b);
      const edges = [0, ...cuts, bytes.length];
      const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
      expect(runSession(modbusMeter, {}, chunks), `run ${run}`).toEqual(
        runSession(modbusMeter, {}, [bytes]),
      );
    }
  });

  it.each(['rtu', 'tcp'])('asking over %s, takes any answer without a throw', (mode) => {
    const session = modbusMeter.createSession({ address: '1,2', mode });
    let nowMs = 0;
    for (const { bytes } of mutations(exchanges, TELLING)) {
      session.tick(nowMs);
      session.receive({ bytes }, nowMs + 10);
      nowMs += 1000;
    }
    session.end(nowMs);
  });
});

/** Whether a frame's checksum is that of its bytes, bit by bit: another way to the same number. */
function isSound(frame: Uint8Array): boolean {
  let crc = 0xffff;
  for (const value of frame.subarray(0, -2)) {
    crc ^= value;
    for (let bit = 0; bit < 8; bit++)
      crc = crc % 2 === 1 ? Math.floor(crc / 2) ^ 0xa001 : Math.floor(crc / 2);
  }
  return frame.at(-2) === crc % 256 && frame.at(-1) === Math.floor(crc / 256);
}
