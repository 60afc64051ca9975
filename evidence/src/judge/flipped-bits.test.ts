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

  it('is refused, or some claim stops holding, whatever value in it is changed', () => {
    const change = fc.record({ at: fc.nat(), kind: fc.nat(5), by: fc.nat() });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = JSON.parse(new TextDecoder().decode(whole));
        for (const { at, kind, by } of changes) changeValue(changed, at, kind, by);
        const bytes = new TextEncoder().encode(JSON.stringify(changed));
        if (!Buffer.from(bytes).equals(whole)) expect(isAccepted(bytes)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

type Json = string | number | null | Json[] | { [key: string]: Json };

/** Changes one value somewhere in `root`: a number, some bytes of a text, the items of a list. */
function changeValue(root: Json, at: number, kind: number, by: number): void {
  const places: { holder: Record<string, Json>; key: string }[] = [];
  const visit = (holder: Record<string, Json>) => {
    for (const [key, value] of Object.entries(holder)) {
      places.push({ holder, key });
      if (typeof value === 'object' && value !== null) visit(value as Record<string, Json>);
    }
  };
  visit(root as Record<string, Json>);
  const { holder, key } = places[at % places.length]!;
  const value = holder[key]!;
  const other = places[by % places.length]!;
  if (kind === 0) holder[key] = structuredClone(other.holder[other.key]!);
  else if (typeof value === 'number') holder[key] = [value + 1, 0, by, 2 ** 53 - 1][kind % 4]!;
  else if (typeof value === 'string') holder[key] = changeBytes(value, kind, by);
  else if (Array.isArray(value)) {
    if (kind < 3) value.splice(by % (value.length + 1), 1);
    else
      value.splice(by % (value.length + 1), 0, structuredClone(value[by % value.length] ?? 'AAAA'));
  } else holder[key] = null;
}

function changeBytes(text: string, kind: number, by: number): string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text || bytes.length === 0) return `${text}${'x\n'[kind % 2]}`;
  const place = by % bytes.length;
  if (kind === 1) return Buffer.concat([bytes, Buffer.from([by & 255])]).toString('base64');
  if (kind === 2) return bytes.subarray(0, place).toString('base64');
  bytes[place] = kind === 3 ? by & 255 : bytes[place]! + 1;
  return bytes.toString('base64');
}

function isAccepted(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder().decode(bytes);
    return isProven(judge(parseEvidence(text), policy, options));
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}
