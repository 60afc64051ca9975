import {
  type AnchorLeaf,
  type CalledSlot,
  EMPTY_ROOT,
  nextRoll,
  OPERATOR_ORIGIN_HASH,
  openSlot,
  originHash,
  readSlotRecord,
  rollTree,
  type SlotChange,
  sha256,
  signSlotRecord,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../database/quarantine.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { newSigner } from '../testing/site-fixture.ts';
import type { ToldRollCall } from './take-roll-call.ts';

let fixture: CoreFixture;
/** As the notary has them. */
let slots: readonly CalledSlot[];
let index: number;
beforeEach(async () => {
  fixture = await openCoreFixture();
  [slots, index] = [[], 0];
});
afterEach(() => fixture.dispose());

async function grow(): Promise<void> {
  const { site, core } = fixture;
  const first = site.seals.length;
  const batch = site.agent.seal([{}, {}]);
  site.enter(batch);
  await core.ingest.batches(site.origin, first, [batch.bytes]);
  await core.ingest.receipt(site.checkpoint());
}

const recordHashOf = (slot: number) =>
  fixture.core.register.recordsOf(slot).at(-1)?.recordHash ?? new Uint8Array(32);

/** The site's slot as it is; with the operator's at the first call. */
function changes(): SlotChange[] {
  const { site } = fixture;
  const size = site.seals.length;
  const head = { slot: 1, size, root: site.root(size) };
  if (slots.length > 0) return [{ ...head, named: null }];
  const operator = { originHash: OPERATOR_ORIGIN_HASH, recordHash: recordHashOf(0) };
  return [
    { slot: 0, size: 0, root: EMPTY_ROOT, named: operator },
    { ...head, named: { originHash: originHash(site.origin), recordHash: recordHashOf(1) } },
  ];
}

/** What an honest notary tells of these changes. */
function told(given: SlotChange[] = changes(), more: Partial<ToldRollCall> = {}): ToldRollCall {
  const next = nextRoll(slots, index, given);
  return {
    ...{ anchor: anchorOf(rollTree(next, index).root, next.length), changes: given },
    ...{ records: [], seen: Number.MAX_SAFE_INTEGER, refused: [], ...more },
  };
}

function anchorOf(rollRoot: Uint8Array, count: number): AnchorLeaf {
  const { chainId, contract } = fixture.core.policy.ledger!;
  return {
    ...{ chainId, contract, index, rollRoot, slots: count, blockNumber: 100 + index },
    ...{ blockTime: 1_769_853_600 + 600 * index, parentHash: sha256(Uint8Array.of(index)) },
  };
}

async function take(roll: ToldRollCall) {
  const counts = await fixture.core.ingest.rollCall(roll);
  slots = nextRoll(slots, index, roll.changes);
  index += 1;
  return counts;
}

const alarms = async () => (await fixture.core.database.read(listAlarms)).map(({ code }) => code);
const refused = expect.objectContaining({ code: 'ANCHOR_REFUSED' });

describe('a roll-call told by what it changed', () => {
  it('is computed again whole, and taken', async () => {
    await grow();
    expect(await take(told())).toMatchObject({ mined: 1, final: 0 });
    await grow();
    expect(await take(told())).toMatchObject({ mined: 2, final: 0 });
    expect(await take(told([]))).toMatchObject({ mined: 3, final: 0 });
    await fixture.core.watermarks.refresh();
    expect(fixture.core.watermarks.list()[0]).toMatchObject({ anchored: 2 });
  });

  it('goes on after a restart of the cloud between any two', async () => {
    for (let times = 0; times < 3; times += 1) {
      await grow();
      await take(told());
      await fixture.restart();
    }
    expect(await take(told([]))).toMatchObject({ mined: 4, final: 0 });
  });

  it('told again in another block, after a reorg, takes the place of the one before', async () => {
    await grow();
    const first = told();
    await take(first);
    await grow();
    const second = told();
    await take(second);
    const { ingest } = fixture.core;
    const moved = { ...second, anchor: { ...second.anchor, blockNumber: 900 } };
    expect(await ingest.rollCall(moved)).toMatchObject({ mined: 2, final: 0 });
    expect(await take(told([]))).toMatchObject({ mined: 3, final: 0 });
  });

  it('brings a record that its notary has from the operator', async () => {
    await grow();
    await take(told());
    const logKey = newSigner().publicKey;
    const record = openSlot({
      ...{ slot: 2, origin: 'example.org/b', logKey, agentKey: newSigner().publicKey },
    });
    const cose = signSlotRecord(record, fixture.site.operator);
    const { hash } = readSlotRecord(cose);
    const named = { originHash: originHash('example.org/b'), recordHash: hash };
    await take(told([{ slot: 2, size: 0, root: EMPTY_ROOT, named }], { records: [cose] }));
    expect(fixture.core.register.slot(2)?.hash).toEqual(hash);
  });

  it('raises an alarm with slot and reason where the notary did not believe a head', async () => {
    await grow();
    await take(told(changes(), { refused: [{ slot: 1, reason: 'CONSISTENCY_PROOF: no path' }] }));
    const [alarm] = await fixture.core.database.read(listAlarms);
    expect(alarm).toMatchObject({ code: 'CALL_REFUSED', origin: fixture.site.origin });
    expect(alarm?.detail).toContain('CONSISTENCY_PROOF');
  });
});

describe('attacks on what a notary tells', () => {
  beforeEach(async () => {
    await grow();
    await take(told());
    await grow();
  });

  /** Anchored with these changes by a notary that does not check. */
  function forged(given: SlotChange[], after: readonly CalledSlot[]): ToldRollCall {
    return {
      ...told([]),
      anchor: anchorOf(rollTree(after, index).root, after.length),
      changes: given,
    };
  }

  it('a slot moved to another log', async () => {
    const [operator, site] = slots as [CalledSlot, CalledSlot];
    const named = { originHash: sha256(Uint8Array.of(1)), recordHash: site.recordHash };
    const change = { slot: 1, size: site.size, root: site.root, named };
    await expect(take(forged([change], [operator, { ...site, ...named }]))).rejects.toEqual(
      refused,
    );
  });

  it('a slot called shorter than before', async () => {
    const [operator, site] = slots as [CalledSlot, CalledSlot];
    const shorter = { ...site, size: 0, root: EMPTY_ROOT };
    const change = { slot: 1, size: 0, root: EMPTY_ROOT, named: null };
    await expect(take(forged([change], [operator, shorter]))).rejects.toEqual(refused);
  });

  it('an age told younger', async () => {
    const [operator, site] = slots as [CalledSlot, CalledSlot];
    const younger = { ...site, since: index };
    await expect(take(forged([], [operator, younger]))).rejects.toEqual(refused);
  });

  it('a head that our entries do not give', async () => {
    const change = { slot: 1, size: 2, root: sha256(Uint8Array.of(9)), named: null };
    await expect(take(told([change]))).rejects.toMatchObject({ code: 'CHECKPOINT_ROOT' });
    expect(await alarms()).toEqual(['CHECKPOINT_ROOT']);
  });

  it('a slot that no record names', async () => {
    const named = { originHash: sha256(Uint8Array.of(2)), recordHash: recordHashOf(1) };
    const change = { slot: 2, size: 0, root: EMPTY_ROOT, named };
    await expect(take(told([change]))).rejects.toEqual(refused);
  });

  it('a change that was left out', async () => {
    const roll = told();
    await expect(take({ ...roll, changes: [] })).rejects.toEqual(refused);
  });

  it('a revocation withheld by a notary that knew of it', async () => {
    const { site, core } = fixture;
    await core.register.admit(site.revise({ agent: 'revoked' }));
    await take(told(changes(), { seen: 0 }));
    expect(await alarms()).toEqual([]);
    await take(told([]));
    expect(await alarms()).toEqual(['RECORD_WITHHELD']);
  });
});

describe('what changed, for a notary', () => {
  it('is every record and the newest head of each log, then what came since', async () => {
    const { core, site } = fixture;
    await grow();
    await grow();
    const first = await core.ingest.changes(0);
    expect(first.records).toHaveLength(2);
    expect(first.heads).toEqual([{ slot: 1, notes: [site.checkpoint()] }]);
    expect(await core.ingest.changes(first.next)).toMatchObject({ records: [], heads: [] });
    await grow();
    await core.register.admit(site.revise({}));
    const then = await core.ingest.changes(first.next);
    expect([then.records.length, then.heads.length]).toEqual([1, 1]);
    await fixture.restart();
    expect(await fixture.core.ingest.changes(first.next)).toEqual(then);
  });

  it('leads from what was called to what is, where there is a way', async () => {
    await grow();
    await grow();
    await grow();
    const wanted = [
      { slot: 1, from: 1, to: 3 },
      { slot: 1, from: 0, to: 3 },
      { slot: 1, from: 1, to: 9 },
      { slot: 7, from: 1, to: 2 },
    ];
    const paths = await fixture.core.ingest.paths(wanted);
    expect(paths.map((path) => path.length > 0)).toEqual([true, false, false, false]);
  });
});
