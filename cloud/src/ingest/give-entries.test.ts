import {
  createSign1,
  decodeBatch,
  encodeCbor,
  leafHash,
  type Signer,
  toBase64,
  treeRoot,
  verifyConsistency,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { createAgent, newSigner } from '../testing/site-fixture.ts';
import type { GivenEntries } from './give-entries.ts';

let fixture: IngestFixture;
beforeEach(async () => {
  fixture = await openIngestFixture();
});
afterEach(() => fixture.dispose());

function ask(from: number, key: Signer = fixture.site.log, change: { path?: string } = {}) {
  const { origin } = fixture.site;
  const path = `/ingest/v1/entries?origin=${encodeURIComponent(origin)}&from=${from}`;
  const nonce = fixture.core.ingest.challenge();
  const asked = encodeCbor(['sigill.request.1', nonce, change.path ?? path]);
  const signed = toBase64(createSign1(asked, key));
  return fixture.core.ingest.entries({ origin, from, path, signed });
}

const sealsOf = ({ batches }: GivenEntries) => batches.map((bytes) => decodeBatch(bytes).seal);

describe('entries of a site log', () => {
  it('come back to the holder of its key exactly as they were, on the way to the newest checkpoint', async () => {
    const batches = fixture.seal(2, 5);
    await fixture.send(0, ...batches);
    await fixture.core.ingest.receipt(fixture.site.checkpoint(4));
    const given = await ask(1);
    expect(given.batches).toEqual(batches.slice(1, 4).map(({ bytes }) => bytes));
    expect(given.path).toEqual([]);
    expect(sealsOf(await ask(4))).toEqual([fixture.site.seals[4]]);
    expect((await ask(5)).batches).toEqual([]);
  });

  it('come in pieces, each with the path from behind it to the checkpoint', async () => {
    const batches = fixture.seal(1, 300);
    await fixture.send(0, ...batches);
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    const first = await ask(10);
    expect(first.batches).toHaveLength(256);
    const root = treeRoot(fixture.site.seals.slice(0, 266).map(leafHash));
    verifyConsistency(266, 300, root, fixture.site.root(300), first.path);
    const rest = await ask(266);
    expect([...sealsOf(await ask(0)), ...sealsOf(await ask(256))]).toEqual(fixture.site.seals);
    expect(rest).toMatchObject({ batches: { length: 34 }, path: [] });
  });

  it('that were not believed come back from the quarantine', async () => {
    const stranger = createAgent(fixture.site.origin).seal([{}]);
    fixture.site.enter(stranger);
    await fixture.send(0, stranger, ...fixture.seal(1, 1));
    expect(sealsOf(await ask(0))).toEqual(fixture.site.seals);
  });

  it.each<[string, () => Promise<GivenEntries>]>([
    ['by another key', () => ask(0, newSigner())],
    ['by the key of an agent', () => ask(0, fixture.site.agent.signer)],
    ['for another range', () => ask(0, fixture.site.log, { path: '/ingest/v1/entries?from=7' })],
  ])('signed %s are refused', async (_, asking) => {
    await fixture.send(0, ...fixture.seal(1, 1));
    await expect(asking()).rejects.toMatchObject({ code: 'REQUEST_SIGNATURE' });
  });

  it('with a challenge of another process are refused', async () => {
    const { origin, log } = fixture.site;
    const nonce = fixture.core.ingest.challenge();
    await fixture.restart();
    const signed = toBase64(createSign1(encodeCbor(['sigill.request.1', nonce, '/x']), log));
    await expect(
      fixture.core.ingest.entries({ origin, from: 0, path: '/x', signed }),
    ).rejects.toMatchObject({ code: 'REQUEST_SIGNATURE' });
  });

  it('with something that is no request are refused', async () => {
    const { origin, log } = fixture.site;
    for (const payload of [new Uint8Array(0), encodeCbor([]), encodeCbor(['x', 1])]) {
      const signed = toBase64(createSign1(payload, log));
      await expect(
        fixture.core.ingest.entries({ origin, from: 0, path: '/x', signed }),
      ).rejects.toMatchObject({ code: 'REQUEST_SIGNATURE' });
    }
    await expect(
      fixture.core.ingest.entries({ origin, from: 0, path: '/x', signed: '!' }),
    ).rejects.toMatchObject({ code: 'REQUEST_SIGNATURE' });
  });
});
