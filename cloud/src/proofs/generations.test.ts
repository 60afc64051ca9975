/** Evidence for readings before and after a site's log was closed. */
import { parseEvidence } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../testing/claims-fixture.ts';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { createAgent, START } from '../testing/site-fixture.ts';

let fixture: GenerationsFixture;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
});
afterEach(() => fixture.dispose());

const claims = (seq: number) => claimsOf(fixture, fixture.site.agent.id, seq);
const finalAnchor = async (index: number, note: string, ...others: string[]) => {
  await fixture.core.ingest.anchor(fixture.ledger.anchor(note, ...others));
  await fixture.core.ingest.anchor(fixture.ledger.final(index));
};

describe('evidence over generations of a log', () => {
  it('proves readings of both, without an anchor, the last of the closed one too', async () => {
    const { site } = fixture;
    await fixture.send(site);
    await fixture.checkpoint(site);
    await fixture.send(site);
    const next = await fixture.goOn(site);
    await fixture.checkpoint(site);
    await fixture.send(next);
    await fixture.checkpoint(next);
    const proven = { sealed: 'yes', registered: 'yes', logged: 'yes', witnessed: 'yes' };
    for (const seq of [0, 1, 2]) expect(await claims(seq)).toMatchObject(proven);
    expect(parseEvidence(await fixture.core.evidence(site.agent.id, 2)).log.origin).toBe(
      `${site.origin}/2`,
    );
  });

  it('proves every claim of both with anchors, and names one beacon over the end', async () => {
    const { site, ledger } = fixture;
    await fixture.send(site);
    await finalAnchor(0, await fixture.checkpoint(site));
    const next = await fixture.goOn(site);
    const beacon = { anchorIndex: 0, anchorLeafHash: ledger.leafHash(0) };
    const time = START + 600_001;
    const batch = next.agent.seal([{ time }], { beacon, closedAt: time });
    next.enter(batch);
    await fixture.core.ingest.batches(next.origin, 0, [batch.bytes]);
    await finalAnchor(1, await fixture.checkpoint(next));
    expect(await claims(0)).toEqual({ all: 'yes' });
    expect(await claims(1)).toEqual({ all: 'yes' });
  });

  it('proves the last entries of the closed one once its end was called', async () => {
    const { site } = fixture;
    await fixture.send(site);
    await finalAnchor(0, await fixture.checkpoint(site));
    await fixture.send(site);
    const next = await fixture.goOn(site);
    await fixture.send(next);
    await finalAnchor(1, await fixture.checkpoint(next), await fixture.checkpoint(site));
    for (const seq of [0, 1, 2]) expect(await claims(seq)).toEqual({ all: 'yes' });
  });

  it('proves what the agent sealed for the closed log before it heard of the next', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const next = await fixture.goOn(site);
    await fixture.send(next, [{}], site.agent);
    await finalAnchor(0, await fixture.checkpoint(next), await fixture.checkpoint(site));
    for (const seq of [0, 1]) expect(await claims(seq)).toEqual({ all: 'yes' });
  });

  it('proves readings of three generations', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const second = await fixture.goOn(site);
    await fixture.send(second);
    const third = await fixture.goOn(second);
    await fixture.send(third);
    const notes = [await fixture.checkpoint(site), await fixture.checkpoint(second)];
    await finalAnchor(0, await fixture.checkpoint(third), ...notes);
    for (const seq of [0, 1, 2]) expect(await claims(seq)).toEqual({ all: 'yes' });
  });

  it('tells that an agent was revoked in the generation that its reading is in', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const next = await fixture.goOn(site);
    await fixture.send(next);
    await finalAnchor(0, await fixture.checkpoint(next), await fixture.checkpoint(site));
    next.revise({ agent: 'revoked' });
    await finalAnchor(1, await fixture.checkpoint(next));
    expect(await claims(1)).toMatchObject({ registered: 'yes', unrevoked: 'REVOKED' });
    expect(await claims(0)).toEqual({ all: 'yes' });
  });
});

describe('a batch that names another log', () => {
  it('is believed in no generation when it is none of them', async () => {
    const { site } = fixture;
    const next = await fixture.goOn(site);
    const stray = createAgent(`${site.origin}/3`, site.agent.signer).seal([{}]);
    const { quarantined } = await fixture.core.ingest.batches(next.origin, 0, [stray.bytes]);
    expect(quarantined).toMatchObject([{ code: 'BATCH_LOG' }]);
  });
});
