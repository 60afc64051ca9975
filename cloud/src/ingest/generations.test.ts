/** A log that is closed, and what comes for it and for the next one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../database/quarantine.ts';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import type { Witness } from '../witness/witness.ts';

let fixture: GenerationsFixture;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
});
afterEach(() => fixture.dispose());

const alarms = async () => (await fixture.core.database.read(listAlarms)).map(({ code }) => code);

describe('a closed log', () => {
  it('takes no entries, and receipts and cosignatures up to its end', async () => {
    const { site, core } = fixture;
    await fixture.send(site);
    await fixture.send(site);
    const late = site.agent.clone();
    await fixture.goOn(site, 2);
    await expect(fixture.send(site, [{}], late)).rejects.toMatchObject({ code: 'ORIGIN_CLOSED' });
    const end = site.checkpoint(2);
    expect(await core.ingest.receipt(end)).toMatchObject({ size: 2 });
    await expect(core.ingest.receipt(site.checkpoint(3))).rejects.toMatchObject({
      code: 'ORIGIN_CLOSED',
    });
    const witness = core.witness as Witness;
    expect(await witness.addCheckpoint(site.addCheckpoint(0, site.checkpoint(1)))).toMatchObject({
      status: 200,
    });
    expect(await witness.addCheckpoint(site.addCheckpoint(1, site.checkpoint(3)))).toMatchObject({
      status: 422,
      code: 'ORIGIN_CLOSED',
    });
    expect(await witness.addCheckpoint(site.addCheckpoint(1, end))).toMatchObject({ status: 200 });
  });

  it('is not closed under a batch that is being taken in', async () => {
    const { site, core } = fixture;
    await fixture.send(site);
    const batch = site.agent.seal([{}]);
    const next = site.continue();
    const [sent] = await Promise.allSettled([
      core.ingest.batches(site.origin, 1, [batch.bytes]),
      core.register.admit(site.slotRecord()),
    ]);
    await core.register.admit(next.slotRecord());
    const held = (await core.ingest.state(site.origin)).next;
    expect(held).toBe(1);
    if (sent.status === 'rejected') expect(sent.reason).toMatchObject({ retryable: true });
    expect(await core.ingest.batches(next.origin, 0, [batch.bytes])).toMatchObject({ next: 1 });
  });

  it('keeps its entries when a checkpoint disagrees with them', async () => {
    const { site, core } = fixture;
    await fixture.send(site);
    await fixture.goOn(site);
    site.seals[0] = new Uint8Array([1]);
    await expect(core.ingest.receipt(site.checkpoint())).rejects.toMatchObject({
      code: 'CHECKPOINT_ROOT',
    });
    expect(await core.ingest.state(site.origin)).toMatchObject({ next: 1 });
    expect(await alarms()).toEqual(['CHECKPOINT_ROOT']);
  });

  it('that was closed elsewhere than where it is held raises an alarm, and is closed', async () => {
    const { site, core } = fixture;
    await fixture.send(site);
    site.enter(site.agent.seal([{}]));
    await core.register.admit(site.revise({ slot: 'closed' }));
    expect(await alarms()).toEqual(['CLOSING_DIFFERS']);
    await expect(fixture.send(site)).rejects.toMatchObject({ code: 'ORIGIN_CLOSED' });
  });
});

describe('readings over generations', () => {
  const values = async () => {
    await fixture.core.idle();
    const name = { agent: fixture.site.agent.name, source: 'house-17', device: 'meter' };
    const all = { from: 0, to: 1e15, points: 10_000 };
    const range = await fixture.core.store.range({ ...name, field: 'energy.import' }, all);
    return [...(range?.values ?? [])];
  };

  it('are one stream and one curve; its newest is in the new log', async () => {
    const { site, core } = fixture;
    await fixture.send(site, [{}, {}]);
    const next = await fixture.goOn(site);
    await fixture.send(next, [{}]);
    expect(await values()).toEqual([0.5, 1.5, 2.5]);
    expect(await core.items.streams()).toMatchObject([
      { origin: next.origin, latest: { seq: 2, n: 2, entry: 0 } },
    ]);
  });

  it('each have the state of the log that they are in', async () => {
    const { site, core } = fixture;
    await fixture.send(site);
    await fixture.checkpoint(site);
    await fixture.send(site);
    const next = await fixture.goOn(site);
    await fixture.send(next);
    await core.idle();
    await core.watermarks.refresh();
    const { readings } = await core.items.list({ limit: 10 });
    expect(readings.map(({ seq, entry, state }) => [seq, entry, state])).toEqual([
      [2, 0, 'sealed'],
      [1, 1, 'sealed'],
      [0, 0, 'witnessed'],
    ]);
    await fixture.checkpoint(site);
    await fixture.checkpoint(next);
    await core.watermarks.refresh();
    const later = await core.items.list({ limit: 10 });
    expect(later.readings.map(({ state }) => state)).toEqual(Array(3).fill('witnessed'));
  });

  it('go on behind the last batch of the closed log, and not beside it', async () => {
    const { site, core } = fixture;
    const clone = site.agent.clone(`${site.origin}/2`);
    await fixture.send(site);
    const next = await fixture.goOn(site);
    const other = clone.seal([{ salt: new Uint8Array(16) }]);
    expect(await core.ingest.batches(next.origin, 0, [other.bytes])).toMatchObject({
      quarantined: [{ code: 'BATCH_CONFLICT' }],
    });
    await expect(fixture.send(next)).rejects.toMatchObject({ code: 'ENTRY_CONFLICT' });
  });

  it('are the same after a restart', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const next = await fixture.goOn(site);
    await fixture.send(next);
    await fixture.restart();
    await fixture.send(next);
    expect(await values()).toEqual([0.5, 1.5, 2.5]);
  });
});
