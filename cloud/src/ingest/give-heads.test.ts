import {
  createSign1,
  encodeCbor,
  leafHash,
  openSeal,
  type Signer,
  toBase64,
  verifyConsistency,
  verifyInclusion,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { createAgent, type FixtureSite, newSigner } from '../testing/site-fixture.ts';

let fixture: GenerationsFixture;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
});
afterEach(() => fixture.dispose());

async function ask(
  site: FixtureSite,
  from = 0,
  change: { key?: Signer; path?: string; nonce?: string } = {},
) {
  await fixture.core.idle();
  const { origin, log } = site;
  const path = `/ingest/v1/heads?origin=${encodeURIComponent(origin)}&from=${from}`;
  const nonce = change.nonce ?? fixture.core.ingest.challenge();
  const asked = encodeCbor(['sigill.request.1', nonce, change.path ?? path]);
  const signed = toBase64(createSign1(asked, change.key ?? log));
  return fixture.core.ingest.heads({ origin, from, path, signed });
}

const meter = (nextN: number) => ({ source: 'house-17', device: 'meter', nextN });

describe('what a next generation goes on from', () => {
  it('is nothing at all for a log that nobody has entered', async () => {
    const { site } = fixture;
    expect(await ask(site)).toEqual({
      ...{ size: 0, root: site.root(0), checkpoint: null, path: [], agents: [] },
    });
  });

  it('is the end of the closed log, with each agent’s last entry and its next numbers', async () => {
    const { site } = fixture;
    await fixture.send(site, [{}, {}]);
    const note = await fixture.checkpoint(site);
    await fixture.send(site, [{}, { device: 'tap' }]);
    await fixture.goOn(site);
    const head = await ask(site, 1);
    expect(head).toMatchObject({ size: 2, root: site.root(2), checkpoint: note });
    verifyConsistency(1, 2, site.root(1), head.root, head.path);
    const [agent] = head.agents;
    expect(agent).toMatchObject({ origin: site.origin, index: 1, seal: site.seals[1] });
    verifyInclusion(1, 2, leafHash(agent!.seal), agent!.path, head.root);
    openSeal(agent!.seal, site.agent.signer.publicKey);
    expect(agent?.streams).toEqual([meter(3), { ...meter(1), device: 'tap' }]);
    expect((await ask(site, 2)).path).toEqual([]);
  });

  it('names the generation in which a silent agent was last heard', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const second = await fixture.goOn(site);
    await fixture.goOn(second);
    const { size, agents } = await ask(second);
    expect([size, agents]).toMatchObject([0, [{ origin: site.origin, index: 0 }]]);
    verifyInclusion(0, 1, leafHash(agents[0]!.seal), agents[0]!.path, site.root(1));
  });

  it('does not move while the next generation runs', async () => {
    const { site } = fixture;
    await fixture.send(site, [{}, {}]);
    const next = await fixture.goOn(site);
    const before = await ask(site);
    await fixture.send(next, [{}, {}, {}]);
    expect(await ask(site)).toEqual(before);
    expect(before.agents[0]?.streams).toEqual([meter(2)]);
    expect((await ask(next)).agents[0]?.streams).toEqual([meter(5)]);
  });

  it('ends where the operator closed it, though more came: that is sent again for the next', async () => {
    const { site } = fixture;
    await fixture.send(site, [{}]);
    const lost = await fixture.send(site, [{}, {}]);
    const next = await fixture.goOn(site, 1);
    const head = await ask(site);
    expect(head).toMatchObject({ size: 1, root: site.root(1) });
    expect(head.agents).toMatchObject([{ index: 0, streams: [meter(1)] }]);
    expect(await fixture.core.ingest.batches(next.origin, 0, [lost.bytes])).toEqual({
      ...{ next: 1, quarantined: [] },
    });
    expect((await ask(next)).agents).toMatchObject([{ origin: next.origin, streams: [meter(3)] }]);
  });

  it('has the seal of a batch that was not believed, and the numbers that are known', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const poison = site.agent.seal([{}], { root: new Uint8Array(32) });
    site.enter(poison);
    await fixture.core.ingest.batches(site.origin, 1, [poison.bytes]);
    const { agents } = await ask(site);
    expect(agents).toMatchObject([{ index: 1, seal: poison.seal, streams: [meter(1)] }]);
  });

  it('is refused from beyond what is held, and before all that the operator closed is here', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const missing = { code: 'ENTRIES_MISSING', facts: { next: 1 } };
    await expect(ask(site, 2)).rejects.toMatchObject(missing);
    site.enter(site.agent.seal([{}]));
    await fixture.goOn(site);
    await expect(ask(site)).rejects.toMatchObject(missing);
  });

  it('is refused where the operator closed another history, with an alarm', async () => {
    const { site } = fixture;
    const other = site.agent.clone().seal([{}]);
    site.enter(other);
    await fixture.core.ingest.batches(site.origin, 0, [createAgent(site.origin).seal([{}]).bytes]);
    await fixture.goOn(site);
    await expect(ask(site)).rejects.toMatchObject({ code: 'CLOSING_DIFFERS' });
  });

  it.each<[string, () => Parameters<typeof ask>[2]]>([
    ['by another key', () => ({ key: newSigner() })],
    ['by the key of an agent', () => ({ key: fixture.site.agent.signer })],
    ['for another log', () => ({ path: '/ingest/v1/heads?origin=x&from=0' })],
    ['for entries', () => ({ path: '/ingest/v1/entries?origin=x&from=0' })],
    ['without a challenge', () => ({ nonce: '' })],
    ['with a challenge of somebody else’s', () => ({ nonce: 'AAAA.9999999999999.AAAA' })],
  ])('is refused when it is asked for %s', async (_, change) => {
    await fixture.send(fixture.site);
    await expect(ask(fixture.site, 0, change())).rejects.toMatchObject({
      code: 'REQUEST_SIGNATURE',
    });
  });

  it('is told to nobody by the key of the next generation, nor of a log that nobody names', async () => {
    const { site } = fixture;
    const next = await fixture.goOn(site);
    const wrong = { code: 'REQUEST_SIGNATURE' };
    await expect(ask(site, 0, { key: next.log })).rejects.toMatchObject(wrong);
    await expect(ask({ ...site, origin: 'example.org/x' })).rejects.toMatchObject({
      code: 'ORIGIN_UNKNOWN',
    });
  });

  it('waits until the readings are written', async () => {
    const { site } = fixture;
    await fixture.send(site);
    const { origin, log } = site;
    const path = `/ingest/v1/heads?origin=${encodeURIComponent(origin)}&from=0`;
    const asked = encodeCbor(['sigill.request.1', fixture.core.ingest.challenge(), path]);
    const store = fixture.core.store.arrival();
    const answer = fixture.core.ingest.heads({
      ...{ origin, from: 0, path, signed: toBase64(createSign1(asked, log)) },
    });
    if (store === 0) await expect(answer).rejects.toMatchObject({ code: 'INGEST_BUSY' });
    expect((await ask(site)).size).toBe(1);
  });
});
