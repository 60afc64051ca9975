import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';
import { createAgent, type FixtureBatch } from '../testing/site-fixture.ts';

let fixture: IngestFixture;
beforeEach(async () => {
  fixture = await openIngestFixture();
});
afterEach(() => fixture.dispose());

describe('batches', () => {
  it('are taken in the order of the site log and can be queried', async () => {
    const [a, b, c] = fixture.seal(3, 3) as [FixtureBatch, FixtureBatch, FixtureBatch];
    expect(await fixture.send(0, a, b)).toEqual({ next: 2, quarantined: [] });
    expect(await fixture.send(2, c)).toEqual({ next: 3, quarantined: [] });
    expect(await fixture.values()).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5]);
    expect(await fixture.state()).toMatchObject({ next: 3 });
  });

  it('sent again change nothing, whole or overlapping', async () => {
    const [a, b, c] = fixture.seal(2, 3) as [FixtureBatch, FixtureBatch, FixtureBatch];
    await fixture.send(0, a, b);
    expect(await fixture.send(0, a, b)).toEqual({ next: 2, quarantined: [] });
    expect(await fixture.send(1, b, c)).toEqual({ next: 3, quarantined: [] });
    expect(await fixture.send(0)).toEqual({ next: 3, quarantined: [] });
    expect(await fixture.values()).toHaveLength(6);
    expect(await fixture.alarms()).toEqual([]);
  });

  it('sent twice at the same time are taken once', async () => {
    const [a] = fixture.seal(2, 1) as [FixtureBatch];
    expect(await Promise.all([fixture.send(0, a), fixture.send(0, a)])).toEqual([
      { next: 1, quarantined: [] },
      { next: 1, quarantined: [] },
    ]);
    expect(await fixture.values()).toHaveLength(2);
  });

  it('beyond what is expected are refused with the index expected', async () => {
    const [, b] = fixture.seal(1, 2) as [FixtureBatch, FixtureBatch];
    await expect(fixture.send(1, b)).rejects.toMatchObject({
      code: 'ENTRIES_MISSING',
      facts: { next: 0 },
    });
  });

  it('with another seal under an index we hold are a fork: refused, with an alarm', async () => {
    const clone = fixture.site.agent.clone();
    const [a] = fixture.seal(1, 1) as [FixtureBatch];
    await fixture.send(0, a);
    await expect(fixture.send(0, clone.seal([{}]))).rejects.toMatchObject({
      code: 'ENTRY_CONFLICT',
      facts: { next: 1, index: 0 },
    });
    expect(await fixture.alarms()).toEqual(['ENTRY_CONFLICT']);
  });

  it('of a log that no record names are refused', async () => {
    const agent = createAgent('sigill.example/other');
    await expect(
      fixture.core.ingest.batches('sigill.example/other', 0, [agent.seal([{}]).bytes]),
    ).rejects.toMatchObject({ code: 'ORIGIN_UNKNOWN' });
  });

  it('of a closed log are refused', async () => {
    await fixture.core.register.admit(fixture.site.revise({ slot: 'closed' }));
    await expect(fixture.send(0, ...fixture.seal(1, 1))).rejects.toMatchObject({
      code: 'ORIGIN_CLOSED',
    });
  });

  it('of too many gateways at once are told to come again', async () => {
    const [a] = fixture.seal(1, 1) as [FixtureBatch];
    const answers = await Promise.allSettled(Array.from({ length: 17 }, () => fixture.send(0, a)));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'INGEST_BUSY', retryable: true } }]);
    expect(await fixture.send(0, a)).toEqual({ next: 1, quarantined: [] });
  });

  it('out of which no seal can be read are no entries: the whole request is refused', async () => {
    const [a] = fixture.seal(1, 1) as [FixtureBatch];
    await expect(
      fixture.send(0, a, { bytes: new Uint8Array([0x83, 1, 2, 3]) }),
    ).rejects.toMatchObject({
      code: 'BATCH_UNREADABLE',
      facts: { next: 0, index: 1 },
    });
    expect(await fixture.state()).toMatchObject({ next: 0 });
  });
});

describe('a restart', () => {
  it('forgets nothing and repeats nothing', async () => {
    const batches = fixture.seal(3, 4);
    await fixture.send(0, ...batches.slice(0, 2));
    await fixture.core.ingest.receipt(fixture.site.checkpoint(2));
    await fixture.restart();
    expect(await fixture.state()).toMatchObject({ next: 2, checkpointSize: 2 });
    expect(await fixture.send(1, ...batches.slice(1))).toEqual({ next: 4, quarantined: [] });
    expect(await fixture.values()).toHaveLength(12);
  });

  it('between archive and database lets the batch come again', async () => {
    const [a, b] = fixture.seal(2, 2) as [FixtureBatch, FixtureBatch];
    await fixture.send(0, a);
    await fixture.core.archive.append({ agent: fixture.site.agent.id, batch: 1 }, b.bytes);
    await fixture.restart();
    expect(await fixture.send(1, b)).toEqual({ next: 2, quarantined: [] });
    expect(await fixture.values()).toHaveLength(4);
  });

  it('before the readings were written brings them from the archive', async () => {
    const batches = fixture.seal(2, 100);
    await fixture.send(0, ...batches);
    await fixture.restart();
    expect(await fixture.values()).toHaveLength(200);
  });
});
