import { leafHash, treeRoot } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../database/quarantine.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { createLedger } from '../testing/ledger-fixture.ts';
import { createSite } from '../testing/site-fixture.ts';
import type { AnchorBundle } from './anchor-bundle.ts';

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

/** Some more batches, entered and covered by a checkpoint. */
async function grow(): Promise<string> {
  const { site, core } = fixture;
  const first = site.seals.length;
  const batches = [site.agent.seal([{}, {}]), site.agent.seal([{}])];
  site.enter(...batches);
  await core.ingest.batches(
    site.origin,
    first,
    batches.map(({ bytes }) => bytes),
  );
  const note = site.checkpoint();
  await core.ingest.receipt(note);
  return note;
}

const take = (bundle: AnchorBundle) => fixture.core.ingest.anchor(bundle);
const alarms = async () => (await fixture.core.database.read(listAlarms)).map(({ code }) => code);
const marks = async () => {
  await fixture.core.watermarks.refresh();
  return fixture.core.watermarks.list()[0];
};

describe('an anchor', () => {
  it('is taken when it is mined and again when it is final', async () => {
    const { ledger, site, core } = fixture;
    const bundle = ledger.anchor(await grow());
    expect(await take(bundle)).toMatchObject({ mined: 1, final: 0 });
    expect(await marks()).toMatchObject({ sealed: 2, logged: 2, anchored: 2, final: 0 });
    expect(await take(ledger.final(0))).toMatchObject({ mined: 1, final: 1 });
    expect(await marks()).toMatchObject({ anchored: 2, final: 2 });
    expect((await core.ingest.state(site.origin)).anchors).toEqual({ mined: 1, final: 1 });
  });

  it('brings the records of a log that was closed and of the one that goes on from it', async () => {
    const { ledger, site, core } = fixture;
    const note = await grow();
    await take(ledger.anchor(note));
    const next = site.continue();
    const third = next.continue();
    const bundle = ledger.anchor(note);
    expect(bundle.anchor.slots).toBe(4);
    expect(await take(bundle)).toMatchObject({ mined: 2 });
    expect(core.register.recordsAfter(1).map(({ slot }) => slot)).toEqual([2, 3]);
    expect(core.register.slotOf(third.origin).record.closed).toBeNull();
    expect(await alarms()).toEqual([]);
  });

  it('told again changes nothing', async () => {
    const { ledger } = fixture;
    const bundle = ledger.anchor(await grow());
    await take(bundle);
    await take(ledger.final(0));
    expect(await take(bundle)).toMatchObject({ mined: 1, final: 1 });
    expect(await take(ledger.final(0))).toMatchObject({ mined: 1, final: 1 });
    await fixture.restart();
    expect(await take(bundle)).toMatchObject({ mined: 1, final: 1 });
    expect(await alarms()).toEqual([]);
  });

  it('of a gateway without a checkpoint is taken too', async () => {
    expect(await take(fixture.ledger.anchor(null))).toMatchObject({ mined: 1 });
    expect(await marks()).toMatchObject({ anchored: 0 });
  });

  it('proven final by a later state makes all before it final', async () => {
    const { ledger } = fixture;
    for (let i = 0; i < 5; i++) await take(ledger.anchor(await grow()));
    expect(await take(ledger.final(2))).toMatchObject({ mined: 5, final: 5 });
    expect(await marks()).toMatchObject({ final: 10 });
  });

  it('beyond what is expected is refused with the index expected', async () => {
    const { ledger } = fixture;
    const first = ledger.anchor(await grow());
    const second = ledger.anchor(await grow());
    await expect(take(second)).rejects.toMatchObject({
      code: 'ANCHORS_MISSING',
      facts: { next: 0 },
    });
    await take(first);
    await expect(take(ledger.final(0))).rejects.toMatchObject({
      code: 'ANCHORS_MISSING',
      facts: { next: 1 },
    });
    await take(second);
    expect(await take(ledger.final(0))).toMatchObject({ final: 2 });
  });

  it('taken back by its chain is told anew, while it is not final', async () => {
    const { ledger } = fixture;
    const bundle = ledger.anchor(await grow());
    await take(bundle);
    const elsewhere = {
      ...bundle,
      anchor: { ...bundle.anchor, blockNumber: bundle.anchor.blockNumber + 1 },
    };
    expect(await take(elsewhere)).toMatchObject({ mined: 1 });
    await expect(take(ledger.final(0))).resolves.toMatchObject({ mined: 1, final: 1 });
    await expect(take(elsewhere)).rejects.toMatchObject({ code: 'ANCHOR_CONFLICT' });
    expect(await alarms()).toEqual(['ANCHOR_CONFLICT']);
  });

  it('of more entries than we hold waits for them', async () => {
    const { ledger, site } = fixture;
    await grow();
    site.enter(site.agent.seal([{}]));
    await expect(take(ledger.anchor(site.checkpoint()))).rejects.toMatchObject({
      code: 'ENTRIES_MISSING',
      facts: { next: 2 },
    });
  });

  it('that calls another root than our entries give is refused, with an alarm', async () => {
    const { ledger, site } = fixture;
    await grow();
    site.seals[1] = new Uint8Array([1, 2, 3]);
    await expect(take(ledger.anchor(site.checkpoint()))).rejects.toMatchObject({
      code: 'CHECKPOINT_ROOT',
    });
    expect(await alarms()).toEqual(['CHECKPOINT_ROOT']);
  });

  it('at another contract than the policy names is refused', async () => {
    const bundle = fixture.ledger.anchor(await grow());
    const contract = new Uint8Array(20).fill(9);
    await expect(take({ ...bundle, anchor: { ...bundle.anchor, contract } })).rejects.toMatchObject(
      {
        code: 'ANCHOR_LEDGER',
      },
    );
    await expect(
      take({ ...bundle, anchor: { ...bundle.anchor, chainId: 1 } }),
    ).rejects.toMatchObject({
      code: 'ANCHOR_LEDGER',
    });
  });

  it('by another operator is refused', async () => {
    const stranger = createSite(fixture.site.origin);
    const bundle = createLedger(stranger).anchor(null);
    await expect(take({ ...bundle, anchor: { ...bundle.anchor } })).rejects.toMatchObject({
      code: 'ANCHOR_REFUSED',
    });
  });

  it.each<[string, (bundle: AnchorBundle) => AnchorBundle]>([
    [
      'a call is changed',
      (b) => ({ ...b, calls: [b.calls[0], new Uint8Array(9)] as Uint8Array[] }),
    ],
    ['a call is missing', (b) => ({ ...b, calls: b.calls.slice(1) })],
    ['two calls are swapped', (b) => withRoot({ ...b, calls: [...b.calls].reverse() })],
    ['a record is missing', (b) => ({ ...b, records: b.records.slice(0, 1) })],
    [
      'a record is another one',
      (b) => ({ ...b, records: [b.records[0], b.records[0]] as Uint8Array[] }),
    ],
    ['the number of slots is another', (b) => ({ ...b, anchor: { ...b.anchor, slots: 3 } })],
    ['a number is beyond 2^53', (b) => ({ ...b, anchor: { ...b.anchor, blockTime: 2 ** 60 } })],
    ['it is final without proof', (b) => ({ ...b, status: 'final' })],
  ])('is refused when %s', async (_, spoil) => {
    const bundle = fixture.ledger.anchor(await grow());
    await expect(take(spoil(bundle))).rejects.toMatchObject({ code: 'ANCHOR_REFUSED' });
    expect(await take(bundle)).toMatchObject({ mined: 1 });
  });

  it('with a checkpoint that was not called is refused', async () => {
    const { ledger, site } = fixture;
    await grow();
    const bundle = ledger.anchor(site.checkpoint());
    await expect(take({ ...bundle, checkpoint: site.checkpoint(1) })).rejects.toMatchObject({
      code: 'ANCHOR_REFUSED',
    });
  });

  it('with a ledger proof that is changed anywhere is refused', async () => {
    const { ledger } = fixture;
    await take(ledger.anchor(await grow()));
    const bundle = ledger.final(0);
    const proof = bundle.ledger as NonNullable<typeof bundle.ledger>;
    const account = [
      Uint8Array.from(proof.account[0] ?? [], (byte, i) => (i === 50 ? byte ^ 1 : byte)),
    ];
    await expect(take({ ...bundle, ledger: { ...proof, account } })).rejects.toMatchObject({
      code: 'ANCHOR_REFUSED',
    });
  });
});

describe('a state of the ledger', () => {
  it('that holds another anchor log than the one told is refused, with an alarm', async () => {
    const { ledger } = fixture;
    const bundle = ledger.anchor(await grow());
    await take({ ...bundle, anchor: { ...bundle.anchor, blockNumber: 7 } });
    const { ledger: proof } = ledger.final(0);
    const told = {
      ...bundle,
      anchor: { ...bundle.anchor, blockNumber: 7 },
      status: 'final' as const,
    };
    await expect(take({ ...told, ledger: proof })).rejects.toMatchObject({
      code: 'ANCHOR_CONFLICT',
    });
    expect(await alarms()).toEqual(['ANCHOR_CONFLICT']);
  });
});

describe('a record', () => {
  it('that comes with an anchor is the current one from then on', async () => {
    const { ledger, site, core } = fixture;
    await take(ledger.anchor(await grow()));
    site.revise({ agent: 'revoked' });
    await take(ledger.anchor(site.checkpoint()));
    const refused = site.agent.seal([{}]);
    expect(await core.ingest.batches(site.origin, 2, [refused.bytes])).toMatchObject({
      quarantined: [{ code: 'AGENT_REVOKED' }],
    });
    const restarted = await fixture.restart();
    expect(restarted.register.slotOf(site.origin).record.rev).toBe(1);
  });

  it('may skip revisions that were never anchored, but never takes back what is final', async () => {
    const { ledger, site, core } = fixture;
    await take(ledger.anchor(await grow()));
    site.revise({});
    const revoked = site.revise({ agent: 'revoked' });
    await take(ledger.anchor(site.checkpoint()));
    expect(core.register.slotOf(site.origin).record.rev).toBe(2);
    await expect(core.register.admit(revoked)).resolves.toBeUndefined();
  });
});

function withRoot(bundle: AnchorBundle): AnchorBundle {
  return {
    ...bundle,
    anchor: { ...bundle.anchor, rollRoot: treeRoot(bundle.calls.map(leafHash)) },
  };
}
