import { type BatchHeader, parseEvidence } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../testing/claims-fixture.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { START } from '../testing/site-fixture.ts';
import type { Witness } from '../witness/witness.ts';

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

async function send(readings: readonly object[], change: Partial<BatchHeader> = {}): Promise<void> {
  const { site, core } = fixture;
  const first = site.seals.length;
  const batch = site.agent.seal(readings, change);
  site.enter(batch);
  await core.ingest.batches(site.origin, first, [batch.bytes]);
}

let cosigned = 0;
async function checkpoint(): Promise<string> {
  const { site, core } = fixture;
  const note = site.checkpoint();
  await core.ingest.receipt(note);
  await (core.witness as Witness).addCheckpoint(site.addCheckpoint(cosigned, note));
  cosigned = site.seals.length;
  return note;
}
beforeEach(() => {
  cosigned = 0;
});

async function anchor(): Promise<void> {
  await fixture.core.ingest.anchor(fixture.ledger.anchor(await checkpoint()));
}

const evidence = (seq: number) => fixture.core.evidence(fixture.site.agent.id, seq);
const claims = (seq: number) => claimsOf(fixture, fixture.site.agent.id, seq);

describe('evidence for a reading', () => {
  it('is pending until a checkpoint covers it', async () => {
    await send([{}, {}]);
    await expect(evidence(1)).rejects.toMatchObject({ code: 'EVIDENCE_PENDING', retryable: true });
  });

  it('proves it logged and witnessed before there is an anchor', async () => {
    await send([{}]);
    await send([{}, {}]);
    await checkpoint();
    for (const seq of [0, 1, 2]) {
      expect(await claims(seq)).toMatchObject({
        sealed: 'yes',
        registered: 'yes',
        logged: 'yes',
        witnessed: 'yes',
        anchored: 'NOT_ANCHORED',
      });
    }
  });

  it('stays so while its anchor is mined but not final', async () => {
    await send([{}]);
    await anchor();
    expect(await claims(0)).toMatchObject({ witnessed: 'yes', anchored: 'NOT_ANCHORED' });
  });

  it('proves every claim when its anchor is the newest', async () => {
    await send([{}]);
    await send([{}, {}, {}]);
    await anchor();
    await fixture.core.ingest.anchor(fixture.ledger.final(0));
    for (const seq of [0, 1, 2, 3]) expect(await claims(seq)).toEqual({ all: 'yes' });
  });

  it('proves every claim when its anchor is an old one, and names the beacons of its seal', async () => {
    await send([{}]);
    for (let i = 0; i < 6; i++) {
      await anchor();
      const beacon = { anchorIndex: i, anchorLeafHash: fixture.ledger.leafHash(i) };
      const time = START + 600_000 * (i + 1) + 1;
      await send([{ time }, { time }], { beacon, closedAt: time });
      await send([{ time }], { beacon, closedAt: time });
    }
    await anchor();
    await fixture.core.ingest.anchor(fixture.ledger.final(6));
    for (const seq of [0, 1, 3, 10, 18]) expect(await claims(seq)).toEqual({ all: 'yes' });
    expect(await evidence(1)).toBe(await evidence(1));
  });

  it('tells of a revocation: the newest record is in it', async () => {
    await send([{}]);
    await anchor();
    fixture.site.revise({ agent: 'revoked' });
    await fixture.core.ingest.anchor(fixture.ledger.anchor(fixture.site.checkpoint()));
    await fixture.core.ingest.anchor(fixture.ledger.final(1));
    expect(await claims(0)).toMatchObject({ registered: 'yes', unrevoked: 'REVOKED' });
  });

  it('stands on the header before, also when that batch was not believed', async () => {
    const { site, core } = fixture;
    const poison = site.agent.seal([{}], { root: new Uint8Array(32) });
    const after = site.agent.seal([{}]);
    site.enter(poison, after);
    await core.ingest.batches(site.origin, 0, [poison.bytes, after.bytes]);
    await anchor();
    await core.ingest.anchor(fixture.ledger.final(0));
    expect(await claims(1)).toEqual({ all: 'yes' });
    await expect(evidence(0)).rejects.toMatchObject({ code: 'READING_UNKNOWN' });
  });

  it('carries the frame that the device sent, where it was kept', async () => {
    const frame = new TextEncoder().encode('/ISK5 1-0:1.8.0(000012.5*kWh)');
    await send([{ frame }, {}]);
    await checkpoint();
    expect(parseEvidence(await evidence(0)).readings[0]?.frame).toEqual(frame);
    expect(parseEvidence(await evidence(1)).readings[0]?.frame).toBeNull();
  });

  it('is refused for readings that never came', async () => {
    await send([{}]);
    await expect(evidence(1)).rejects.toMatchObject({ code: 'READING_UNKNOWN' });
    await expect(fixture.core.evidence(new Uint8Array(16), 0)).rejects.toMatchObject({
      code: 'READING_UNKNOWN',
    });
  });

  it('is the same after a restart', async () => {
    await send([{}]);
    await anchor();
    await fixture.core.ingest.anchor(fixture.ledger.final(0));
    const before = await evidence(0);
    await fixture.restart();
    expect(await evidence(0)).toBe(before);
  });
});
