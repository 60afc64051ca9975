import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';
import { consistencyPath } from '../log/consistency.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { EMPTY_ROOT, hashesOf, leafHash, treeRoot } from '../log/merkle-tree.ts';
import {
  type CalledSlot,
  callOf,
  decodeChanges,
  encodeChanges,
  nextRoll,
  proveCall,
  ROLL_BLOCK,
  rollTree,
  type SlotChange,
} from './roll-book.ts';
import { type Call, callRoll, encodeCall, OPERATOR_ORIGIN_HASH } from './roll-call.ts';

const hash = (text: string) => sha256(new TextEncoder().encode(text));
const entries = Array.from({ length: 40 }, (_, index) => hash(`entry ${index}`));
const read = hashesOf(entries);
const rootOf = (size: number) => treeRoot(entries.slice(0, size));

const OPERATOR: SlotChange = {
  ...{ slot: 0, size: 0, root: EMPTY_ROOT },
  named: { originHash: OPERATOR_ORIGIN_HASH, recordHash: hash('operator') },
};
const named = (slot: number, record = 'a') => ({
  originHash: hash(`origin ${slot}`),
  recordHash: hash(`${record} ${slot}`),
});
const begins = (slot: number, size = 0): SlotChange => ({
  ...{ slot, size, root: rootOf(size), named: named(slot) },
});
const grows = (slot: number, size: number): SlotChange => ({
  ...{ slot, size, root: rootOf(size), named: null },
});

describe('a roll-call told by what changed', () => {
  it('is the one that is called out of all slots, whatever grows, stands still, joins or is revised', () => {
    const step = fc.record({
      joins: fc.nat(2),
      grown: fc.array(fc.tuple(fc.nat(5), fc.nat(8)), { maxLength: 4 }),
      revised: fc.array(fc.nat(5), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const sizes: number[] = [0];
        const revs: number[] = [0];
        let calls: readonly Call[] = [];
        let book: readonly CalledSlot[] = [];
        for (const [number, { joins, grown, revised }] of steps.entries()) {
          for (let more = 0; more < joins; more += 1) sizes.push(0);
          for (const [slot, by] of grown)
            if (slot > 0 && slot < sizes.length) sizes[slot] = Math.min(40, sizes[slot]! + by);
          for (const slot of revised) revs[slot] = (revs[slot] ?? 0) + 1;
          const states = sizes.map((size, slot) => ({
            originHash: slot === 0 ? OPERATOR_ORIGIN_HASH : named(slot).originHash,
            recordHash: hash(`record ${slot} ${revs[slot] ?? 0}`),
            head:
              slot === 0 || size === 0
                ? null
                : {
                    ...{ size, root: rootOf(size) },
                    path: consistencyPath(calls[slot]?.size ?? 0, size, read),
                  },
          }));
          const before = book;
          calls = callRoll(calls, states).calls;
          const changes = calls.flatMap((call, slot): SlotChange[] => {
            const known = before[slot];
            const { size, root, originHash, recordHash } = call;
            const isNamed = known !== undefined && equalBytes(known.recordHash, recordHash);
            if (isNamed && known.size === size) return [];
            return [{ slot, size, root, named: isNamed ? null : { originHash, recordHash } }];
          });
          book = nextRoll(before, number, decodeChanges(encodeChanges(changes)));
          expect(book.map((called, slot) => callOf(slot, called, number))).toEqual(calls);
          expect(rollTree(book, number).root).toEqual(
            treeRoot(calls.map((call) => leafHash(encodeCall(call)))),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([1, 2, 255, 256, 257, 513, 1000])('proves each of %i calls out of its block', (count) => {
    const changes = Array.from({ length: count }, (_, slot) => (slot ? begins(slot, 3) : OPERATOR));
    const book = nextRoll([], 7, changes);
    const { root, blocks } = rollTree(book, 9);
    for (const slot of [0, 1, 254, 255, 256, 511, 512, count - 1].filter((one) => one < count)) {
      const from = slot - (slot % ROLL_BLOCK);
      const { call, path } = proveCall(slot, 9, book.slice(from, from + ROLL_BLOCK), blocks);
      expect(() => verifyInclusion(slot, count, leafHash(call), path, root)).not.toThrow();
      expect(call).toEqual(encodeCall(callOf(slot, book[slot]!, 9)));
    }
  });
});

describe('attacks on a roll-call', () => {
  const before = nextRoll([], 0, [OPERATOR, begins(1, 5), begins(2, 8)]);
  it.each<[string, SlotChange[]]>([
    ['slot moved to another log', [{ ...grows(1, 6), named: named(2) }]],
    ['slot used again for a new log', [{ ...grows(1, 5), named: named(9) }]],
    ['slot left out', [begins(4)]],
    ['log called shorter', [grows(2, 7)]],
    ['second root of one size', [{ ...grows(2, 8), root: rootOf(7) }]],
    ['slot told twice', [grows(1, 6), grows(1, 7)]],
    ['slots out of order', [grows(2, 9), grows(1, 6)]],
    ['log for the operator', [grows(0, 1)]],
    ['new slot without a name', [grows(3, 1)]],
    ['change that changes nothing', [grows(1, 5)]],
  ])('%s', (_, changes) => {
    expect(() => nextRoll(before, 1, changes)).toThrow(
      expect.objectContaining({ code: 'CALL_CONSISTENCY' }),
    );
  });
});
