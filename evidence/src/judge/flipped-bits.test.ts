import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../errors.ts';
import { honestWorld } from '../testing/evidence-fixture.ts';
import { formatEvidence, parseEvidence } from './evidence-file.ts';
import { judge } from './judge.ts';
import { isProven } from './verdict.ts';

const { file, policy, options } = honestWorld();
const whole = new TextEncoder().encode(formatEvidence(file));

describe('a file that was tampered with', () => {
  it('is refused, or some claim stops holding, whichever bit is flipped', () => {
    fc.assert(
      fc.property(fc.nat(8 * whole.length - 1), (bit) => {
        const bytes = whole.slice();
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(isAccepted(bytes)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused, or some claim stops holding, whatever piece is cut, doubled or moved', () => {
    const at = fc.nat(whole.length);
    fc.assert(
      fc.property(at, at, at, (one, two, three) => {
        const [start = 0, end = 0] = [one, two].toSorted((left, right) => left - right);
        const piece = whole.subarray(start, end);
        const rest = [...whole.subarray(0, start), ...whole.subarray(end)];
        for (const changed of [rest, rest.toSpliced(three, 0, ...piece), [...whole, ...piece]]) {
          const bytes = Uint8Array.from(changed);
          if (!Buffer.from(bytes).equals(whole)) expect(isAccepted(bytes)).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function isAccepted(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder().decode(bytes);
    return isProven(judge(parseEvidence(text), policy, options));
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}
