/**
 * Whatever comes down the line, a session tells the truth or nothing.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk; a failure prints its seed and path.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createP1Simulator } from '../../simulators/dsmr-p1.ts';
import { runSession, type Vector } from '../../testing/driver-contract.ts';
import { dsmrP1 } from './dsmr-p1.ts';
import vectors from './dsmr-p1.vectors.json' with { type: 'json' };

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_260_131);
const numRuns = Number(process.env.SIGILL_FUZZ_RUNS ?? 300);

const INSTALLED = Date.UTC(2026, 0, 1);
const simulated = createP1Simulator({ seed, installedAt: INSTALLED });
const telegrams = [
  ...(vectors as unknown as Vector[]).map((vector) =>
    Buffer.from((vector.frame ?? []).join('\r\n'), 'latin1'),
  ),
  ...[1, 2, 3].map((hour) => Buffer.from(simulated.telegram(INSTALLED + hour * 3_600_000))),
];

interface Wound {
  readonly at: number;
  readonly length: number;
  readonly with: Uint8Array;
}

// Bytes that matter to the format come often.
const byte = fc.oneof(
  fc.constantFrom(...Buffer.from('/!()*\r\n:.-0123456789ABCDEFSWkWhm3')),
  fc.nat(255),
);
const bytes = fc.array(byte, { maxLength: 40 }).map((values) => Uint8Array.from(values));
const wound: fc.Arbitrary<Wound> = fc.record({ at: fc.nat(3000), length: fc.nat(60), with: bytes });
const stream = fc
  .array(
    fc.record({
      telegram: fc.constantFrom(...telegrams),
      wounds: fc.array(wound, { maxLength: 3 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) =>
    Buffer.concat(parts.map(({ telegram, wounds }) => wounds.reduce(hurt, telegram))),
  );

function hurt(telegram: Buffer, { at, length, with: put }: Wound): Buffer {
  const from = at % (telegram.length + 1);
  return Buffer.concat([telegram.subarray(0, from), put, telegram.subarray(from + length)]);
}

describe(`dsmr-p1 under wounds (seed ${seed}, ${numRuns} runs)`, () => {
  it('never throws, and tells no number that its telegram does not hold', () => {
    fc.assert(
      fc.property(stream, (input) => {
        const { observations } = runSession(dsmrP1, { checksum: 'required' }, [input]);
        for (const { frame, offset, fields } of observations) {
          expect(input.subarray(offset, offset + frame.length).equals(frame)).toBe(true);
          const text = Buffer.from(frame).toString('latin1');
          const [, sum = ''] = /!([0-9A-Fa-f]*)$/.exec(text) ?? [];
          if (/^(1-3:0\.2\.8|0-0:96\.1\.4|0-0:1\.0\.0)\(/m.test(text)) expect(sum).not.toBe('');
          if (sum !== '')
            expect(Number.parseInt(sum, 16)).toBe(
              slowCrc(frame.subarray(0, frame.length - sum.length)),
            );
          for (const { code } of Object.values(fields))
            if (code !== null) expect(text).toContain(`\n${code}(`);
        }
      }),
      { seed, numRuns },
    );
  });

  it('tells the same however the stream is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(4000), { maxLength: 6 }), (input, cuts) => {
        const edges = [
          0,
          ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b),
          input.length,
        ];
        const chunks = edges.slice(1).map((edge, i) => input.subarray(edges[i], edge));
        expect(runSession(dsmrP1, {}, chunks)).toEqual(runSession(dsmrP1, {}, [input]));
      }),
      { seed, numRuns },
    );
  });

  it('reads a whole telegram after anything', () => {
    const whole = Buffer.from(simulated.telegram(INSTALLED + 7_200_000));
    const due = runSession(dsmrP1, {}, [whole]).observations.map(({ fields }) => fields);
    fc.assert(
      fc.property(bytes, stream, (noise, before) => {
        const told = runSession(dsmrP1, {}, [noise, before, whole]).observations;
        expect(told.slice(-due.length).map(({ fields }) => fields)).toEqual(due);
      }),
      { seed, numRuns },
    );
  });
});

/** The same checksum, bit by bit: another way to the same number. */
function slowCrc(data: Uint8Array): number {
  let crc = 0;
  for (const value of data) {
    crc ^= value;
    for (let bit = 0; bit < 8; bit++)
      crc = crc % 2 === 1 ? Math.floor(crc / 2) ^ 0xa001 : Math.floor(crc / 2);
  }
  return crc;
}
