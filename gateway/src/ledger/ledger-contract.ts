/**
 * What every ledger promises, as tests; each implementation runs them.
 * @module
 */
import { anchorLeafHash, createCompactRange, sha256, toHex } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnchorState, AnchorStatus, Ledger } from './ledger.ts';
import { rollRootOf } from './roll-root-fixture.ts';

/** A ledger on a chain whose blocks the test makes. */
export interface LedgerBench {
  readonly ledger: Ledger;
  mine(): Promise<void>;
  /** Makes every block so far final. */
  makeFinal(): Promise<void>;
  /** Makes the newest block never have been. */
  reorganise(): Promise<void>;
  setAway(away: boolean): Promise<void>;
  close(): Promise<void>;
}

export function testLedger(name: string, open: () => Promise<LedgerBench>): void {
  describe(name, () => {
    let bench: LedgerBench;
    let ledger: Ledger;
    beforeEach(async () => {
      bench = await open();
      ledger = bench.ledger;
    });
    afterEach(() => bench.close());

    async function anchorUntil(state: AnchorState, n: number): Promise<void> {
      await ledger.anchor(rollRootOf(n), n + 1);
      if (state === 'signed') return;
      await bench.mine();
      await reached(ledger, 'mined');
      if (state !== 'final') return;
      await bench.makeFinal();
      await settled(ledger);
    }

    it('is empty at first', async () => {
      const { size, root } = await ledger.head();
      expect([size, toHex(root)]).toEqual([0, toHex(sha256())]);
      expect(await ledger.finalAnchors(0, 10)).toEqual([]);
      expect(ledger.provenState()).toBeNull();
      expect(ledger.status()).toEqual({ reachable: true, final: 0, pending: [], alarm: null });
    });

    it('tells signed, sent, mined and final, in that order', async () => {
      const told: string[] = [];
      const stop = ledger.watch(({ state, leaf }) => told.push(`${state} ${leaf?.index ?? '-'}`));
      await anchorUntil('final', 1);
      expect(told).toEqual(['signed -', 'sent -', 'mined 0', 'final 0']);
      stop();
      await anchorUntil('mined', 2);
      expect(told).toHaveLength(4);
    });

    it('appends anchors in the order they were given, and gives their leaves from any index', async () => {
      for (const n of [1, 2, 3]) await anchorUntil('final', n);
      const leaves = await ledger.finalAnchors(0, 10);
      expect(leaves.map(({ index, slots }) => [index, slots])).toEqual([
        [0, 2],
        [1, 3],
        [2, 4],
      ]);
      expect(leaves.map((leaf) => toHex(leaf.rollRoot))).toEqual(
        [1, 2, 3].map((n) => toHex(rollRootOf(n))),
      );
      expect(await ledger.finalAnchors(1, 1)).toEqual([leaves[1]]);
      expect(await ledger.finalAnchors(3, 10)).toEqual([]);
      const tree = createCompactRange();
      for (const leaf of leaves) tree.append(anchorLeafHash(leaf));
      expect(toHex((await ledger.head()).root)).toBe(toHex(tree.root()));
      expect(ledger.status().final).toBe(3);
    });

    it('counts each anchor once, as pending or as final, at every moment', async () => {
      const counts = new Set<number>();
      let counting = true;
      const count = async () => {
        for (; counting; await new Promise(setImmediate)) {
          const { final, pending } = ledger.status();
          counts.add(final + pending.length);
        }
      };
      const counted = count();
      for (const n of [1, 2]) await anchorUntil('final', n);
      counting = false;
      await counted;
      // How much is seen in between depends on the implementation; nothing is ever too much, or seen to shrink.
      expect([0, 1, 2].filter((one) => counts.has(one))).toEqual([...counts]);
    });

    it('takes the next anchor when the last one is mined, final or not, and no sooner', async () => {
      await anchorUntil('signed', 1);
      await expect(ledger.anchor(rollRootOf(2), 3)).rejects.toMatchObject({
        code: 'ANCHOR_IN_FLIGHT',
        retryable: true,
      });
      await bench.mine();
      await reached(ledger, 'mined');
      await anchorUntil('mined', 2);
      expect(ledger.status().pending.map(({ state, leaf }) => [state, leaf?.index])).toEqual([
        ['mined', 0],
        ['mined', 1],
      ]);
      await bench.makeFinal();
      await settled(ledger);
      expect(await ledger.finalAnchors(0, 10)).toHaveLength(2);
    });

    it('follows a reorg: the anchor waits again and is appended once, elsewhere', async () => {
      await anchorUntil('mined', 1);
      const before = ledger.status().pending[0]?.leaf;
      await bench.reorganise();
      await reached(ledger, 'sent');
      expect(ledger.status().pending[0]?.leaf).toBeNull();
      await bench.mine();
      await reached(ledger, 'mined');
      await bench.makeFinal();
      await settled(ledger);
      const leaves = await ledger.finalAnchors(0, 10);
      expect(leaves.map(({ index }) => index)).toEqual([0]);
      expect(toHex(leaves[0]!.parentHash)).not.toBe(toHex(before!.parentHash));
    });

    it('records nothing while the ledger is away, and says that trying again may help', async () => {
      await bench.setAway(true);
      await expect(ledger.anchor(rollRootOf(1), 2)).rejects.toMatchObject({
        code: 'LEDGER_UNREACHABLE',
        retryable: true,
      });
      expect(ledger.status()).toMatchObject({ reachable: false, pending: [] });
      await bench.setAway(false);
      await anchorUntil('final', 2);
      expect((await ledger.finalAnchors(0, 10)).map(({ slots }) => slots)).toEqual([3]);
    });
  });
}

/** Resolves when the newest pending anchor is in this state. */
export function reached(ledger: Ledger, state: AnchorState): Promise<void> {
  return when(ledger, () => ledger.status().pending.at(-1)?.state === state);
}

/** Resolves when all that was given is final. */
export function settled(ledger: Ledger): Promise<void> {
  return when(ledger, () => ledger.status().pending.length === 0);
}

function when(ledger: Ledger, condition: () => boolean): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve) => {
    // A listener is told before the list of pending anchors has changed: look after it has.
    const look = (_status: AnchorStatus) =>
      setImmediate(() => {
        if (!condition()) return;
        stop();
        resolve();
      });
    const stop = ledger.watch(look);
  });
}
