import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyPath } from '../log/consistency.ts';
import { EMPTY_ROOT, hashesOf, leafHash, rootAt } from '../log/merkle-tree.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes } from '../testing/key-fixture.ts';
import { type Call, callRoll, decodeCall, encodeCall, OPERATOR_ORIGIN_HASH } from './roll-call.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
testBinaryCodec<Call>('a call', {
  encode: encodeCall,
  decode: decodeCall,
  values: fc.record({
    slot: fc.maxSafeNat(),
    originHash: hash,
    size: fc.maxSafeNat(),
    root: hash,
    age: fc.maxSafeNat(),
    recordHash: hash,
  }),
  codes: ['CALL_FORM'],
});

const read = hashesOf(Array.from({ length: 20 }, (_, at) => leafHash(Uint8Array.of(at))));
const operator = { originHash: OPERATOR_ORIGIN_HASH, recordHash: testBytes('op'), head: null };
const slot = { originHash: testBytes('origin'), recordHash: testBytes('record') };
const headFrom = (oldSize: number, size: number) => ({
  size,
  root: rootAt(size, read),
  path: consistencyPath(oldSize, size, read),
});

describe('encodeCall', () => {
  it('writes no call that could not be read again', () => {
    const [call] = callRoll([], [operator]).calls;
    for (const changes of [{ root: testBytes('r', 31) }, { size: -1 }, { slot: 2 ** 53 - 1 + 0.5 }])
      expect(() => encodeCall({ ...call!, ...changes })).toThrow(
        expect.objectContaining({ name: 'EvidenceError' }),
      );
  });
});

describe('callRoll', () => {
  it('calls the operator in slot 0, and a gateway without a checkpoint as an empty log', () => {
    const { calls, refused } = callRoll([], [operator, { ...slot, head: null }]);
    const empty = { size: 0, root: EMPTY_ROOT, age: 0 };
    expect(calls).toEqual([
      { slot: 0, originHash: OPERATOR_ORIGIN_HASH, recordHash: operator.recordHash, ...empty },
      { slot: 1, ...slot, ...empty },
    ]);
    expect(refused).toEqual([]);
  });

  it('counts the anchors since a log grew', () => {
    const ages: number[] = [];
    let last: readonly Call[] = [];
    for (const head of [null, null, headFrom(0, 3), headFrom(3, 3), null, headFrom(3, 4)]) {
      last = callRoll(last, [operator, { ...slot, head }]).calls;
      ages.push(last[1]!.age);
    }
    expect(ages).toEqual([0, 1, 0, 1, 2, 0]);
    expect(last[0]!.age).toBe(0);
    expect(last[1]!.size).toBe(4);
  });

  it('takes new slots behind the old ones', () => {
    const { calls } = callRoll([], [operator, { ...slot, head: headFrom(0, 3) }]);
    const more = [operator, { ...slot, head: headFrom(3, 3) }, { ...slot, head: headFrom(0, 5) }];
    expect(callRoll(calls, more).calls.map(({ size, age }) => [size, age])).toEqual([
      [0, 0],
      [3, 1],
      [5, 0],
    ]);
  });

  it('carries the newest record of a slot, whatever its log does', () => {
    const { calls } = callRoll([], [operator, { ...slot, head: headFrom(0, 3) }]);
    const recordHash = testBytes('next record');
    const [, next] = callRoll(calls, [operator, { ...slot, recordHash, head: null }]).calls;
    expect(next).toEqual({ ...calls[1]!, recordHash, age: 1 });
  });

  it.each([
    ['another root of the same size', { ...headFrom(3, 3), root: testBytes('fork') }],
    ['a smaller log', { ...headFrom(0, 2), path: [] }],
    ['a path that is missing', { ...headFrom(3, 7), path: [] }],
    ['a path from another size', headFrom(2, 7)],
  ])('keeps size and root of a log that comes with %s, and says so', (_name, head) => {
    const { calls } = callRoll([], [operator, { ...slot, head: headFrom(0, 3) }]);
    const next = callRoll(calls, [operator, { ...slot, head }]);
    expect(next.calls[1]).toEqual({ ...calls[1]!, age: 1 });
    expect(next.refused.map((one) => [one.slot, one.error.code])).toEqual([
      [1, 'CALL_CONSISTENCY'],
    ]);
  });
});
