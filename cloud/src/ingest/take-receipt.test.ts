import { signSeal } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { type FixtureBatch, newSigner } from '../testing/site-fixture.ts';

let fixture: IngestFixture;
beforeEach(async () => {
  fixture = await openIngestFixture();
});
afterEach(() => fixture.dispose());

describe('a checkpoint', () => {
  it('of what we hold is answered with its size and root', async () => {
    await fixture.send(0, ...fixture.seal(2, 3));
    const note = fixture.site.checkpoint();
    const receipt = await fixture.core.ingest.receipt(note);
    expect(receipt).toEqual({ origin: fixture.site.origin, size: 3, root: fixture.site.root(3) });
    expect(await fixture.core.ingest.receipt(note)).toEqual(receipt);
    expect(await fixture.state()).toMatchObject({ next: 3, checkpointSize: 3 });
  });

  it('of fewer entries than we hold is answered too', async () => {
    await fixture.send(0, ...fixture.seal(1, 5));
    expect(await fixture.core.ingest.receipt(fixture.site.checkpoint(2))).toMatchObject({
      size: 2,
    });
  });

  it('of more than we hold is told what is missing', async () => {
    const [a] = fixture.seal(1, 2) as [FixtureBatch];
    await fixture.send(0, a);
    await expect(fixture.core.ingest.receipt(fixture.site.checkpoint())).rejects.toMatchObject({
      code: 'ENTRIES_MISSING',
      facts: { next: 1 },
    });
  });

  it('with another root than our entries is refused with an alarm, and entries nobody signed for are asked again', async () => {
    await fixture.send(0, ...fixture.seal(1, 2));
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    const { agent, enter } = fixture.site;
    const damaged = agent.clone().seal([{}]);
    await fixture.send(2, damaged);
    const real = agent.seal([{}]);
    enter(real);
    const note = fixture.site.checkpoint();
    await expect(fixture.core.ingest.receipt(note)).rejects.toMatchObject({
      code: 'CHECKPOINT_ROOT',
      facts: { next: 2 },
    });
    expect(await fixture.alarms()).toEqual(['CHECKPOINT_ROOT']);
    expect(await fixture.send(2, real)).toMatchObject({
      next: 3,
      quarantined: [{ code: 'ARCHIVE_CONFLICT' }],
    });
    expect(await fixture.core.ingest.receipt(note)).toMatchObject({ size: 3 });
    expect(await fixture.send(3, ...fixture.seal(1, 1))).toEqual({ next: 4, quarantined: [] });
  });

  it('that rewrites what an earlier one fixed is refused for ever', async () => {
    await fixture.send(0, ...fixture.seal(1, 2));
    await fixture.core.ingest.receipt(fixture.site.checkpoint());
    fixture.site.seals[1] = signSeal(new Uint8Array([1]), newSigner());
    const note = fixture.site.checkpoint();
    for (let i = 0; i < 2; i++) {
      await expect(fixture.core.ingest.receipt(note)).rejects.toMatchObject({
        code: 'CHECKPOINT_ROOT',
        facts: { next: 2 },
      });
    }
    expect(await fixture.alarms()).toEqual(['CHECKPOINT_ROOT', 'LOG_FORKED']);
    expect(await fixture.state()).toMatchObject({ next: 2, checkpointSize: 2 });
  });

  it('by another key, or that is none, is refused', async () => {
    await fixture.send(0, ...fixture.seal(1, 1));
    const note = fixture.site.checkpoint();
    const forged = note.replace(/base64|[A-Za-z0-9+/]{20}=?\n$/, (text) =>
      text.replace(/[a-m]/, 'z'),
    );
    await expect(fixture.core.ingest.receipt(forged)).rejects.toMatchObject({
      code: 'CHECKPOINT_REFUSED',
    });
    await expect(fixture.core.ingest.receipt('hello')).rejects.toMatchObject({
      code: 'REQUEST_FORM',
    });
    await expect(
      fixture.core.ingest.receipt(note.replaceAll(fixture.site.origin, 'sigill.example/other')),
    ).rejects.toMatchObject({ code: 'ORIGIN_UNKNOWN' });
  });
});
