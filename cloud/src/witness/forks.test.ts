import { judgeForkFile, parseFork } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listForks } from '../database/forks.ts';
import { listAlarms } from '../database/quarantine.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import type { FixtureSite } from '../testing/site-fixture.ts';

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

const site = (): FixtureSite => fixture.site;
const alarms = () => fixture.core.database.read(listAlarms);
const forks = () => fixture.core.database.read((sql) => listForks(sql, 100));

/** Sealed, sent and entered. */
async function grow(count: number): Promise<void> {
  const batches = Array.from({ length: count }, () => site().agent.seal([{}]));
  const bytes = batches.map((batch) => batch.bytes);
  await fixture.core.ingest.batches(site().origin, site().seals.length, bytes);
  site().enter(...batches);
}

/** What the other box says: the entries from `from` on are its own. */
function elsewhere<T>(from: number, size: number, say: () => T): T {
  const { seals } = site();
  const ours = seals.splice(from);
  for (let at = from; at < size; at += 1) seals.push(Uint8Array.of(7, at));
  const said = say();
  seals.splice(from, seals.length, ...ours);
  return said;
}

async function add(oldSize: number, note: string): Promise<number> {
  const request = site().addCheckpoint(oldSize, note);
  return (await fixture.core.witness?.addCheckpoint(request))?.status ?? 0;
}

const cosign = (oldSize: number) => add(oldSize, site().checkpoint());
const receipt = (note = site().checkpoint()) => fixture.core.ingest.receipt(note);

async function expectFork(size: number): Promise<void> {
  const [fork, ...more] = await forks();
  expect(more).toEqual([]);
  expect(fork).toMatchObject({ origin: site().origin, size, proven: true });
  expect(judgeForkFile(parseFork(String(fork?.file)))).toMatchObject({ kind: 'fork', size });
  const alarm = (await alarms()).find(({ code }) => code === 'LOG_FORKED');
  expect(alarm).toMatchObject({
    about: 'two histories',
    detail: expect.stringContaining('sigill gateway new-generation'),
  });
}

describe('a head of a second history', () => {
  it('of the size that is held is a fork, though its sender does not know where the witness stands', async () => {
    await grow(5);
    await receipt();
    await cosign(0);
    const other = elsewhere(3, 5, () => site().addCheckpoint(4, site().checkpoint()));
    expect(await fixture.core.witness?.addCheckpoint(other)).toEqual({ status: 409, size: 5 });
    await expectFork(5);
  });

  it('that is smaller is a fork: the entries show how the larger one began', async () => {
    await grow(9);
    await receipt();
    await cosign(0);
    const other = elsewhere(3, 6, () => site().addCheckpoint(0, site().checkpoint()));
    expect(await fixture.core.witness?.addCheckpoint(other)).toEqual({ status: 409, size: 9 });
    await expectFork(6);
  });

  it('that is larger is a doubt, and a fork once the log has grown past it', async () => {
    await grow(5);
    await receipt();
    await cosign(0);
    const other = elsewhere(3, 8, () => site().addCheckpoint(5, site().checkpoint()));
    expect((await fixture.core.witness?.addCheckpoint(other))?.status).toBe(422);
    expect(await forks()).toEqual([]);
    expect((await alarms()).map(({ code }) => code)).toEqual(['WITNESS_FORK']);
    await grow(5);
    await receipt();
    await cosign(5);
    await expectFork(8);
    expect((await alarms()).map(({ code }) => code)).toEqual(['LOG_FORKED']);
  });

  it('is met on the gateway’s own way too', async () => {
    await grow(9);
    await receipt();
    const other = elsewhere(3, 6, () => site().checkpoint());
    await expect(receipt(other)).rejects.toMatchObject({ code: 'CHECKPOINT_ROOT' });
    await expectFork(6);
  });

  it('is told once, however often it comes, and stays after a restart', async () => {
    await grow(5);
    await receipt();
    await cosign(0);
    const other = elsewhere(3, 5, () => site().addCheckpoint(4, site().checkpoint()));
    for (let times = 0; times < 5; times += 1) await fixture.core.witness?.addCheckpoint(other);
    await fixture.restart();
    await expectFork(5);
  });

  it('is no alarm any more once the operator closed the log; the proof stays', async () => {
    await grow(5);
    await receipt();
    await cosign(0);
    const other = elsewhere(3, 5, () => site().addCheckpoint(4, site().checkpoint()));
    await fixture.core.witness?.addCheckpoint(other);
    await expectFork(5);
    site().continue();
    await fixture.core.register.admit(site().slotRecord());
    expect(await alarms()).toEqual([]);
    expect(await forks()).toHaveLength(1);
  });

  it('is kept with no more than some others of its log', async () => {
    await grow(40);
    await receipt();
    await cosign(0);
    for (let size = 4; size < 40; size += 1)
      await add(
        size,
        elsewhere(3, size, () => site().checkpoint(size)),
      );
    expect(await forks()).toHaveLength(32);
  });
});

describe('nobody is accused', () => {
  it('by a head of the log that came with a wrong path', async () => {
    await grow(5);
    await receipt();
    await cosign(0);
    await grow(3);
    const request = site()
      .addCheckpoint(5, site().checkpoint())
      .replace(/\n[^\n]{44}\n/, '\n');
    expect((await fixture.core.witness?.addCheckpoint(request))?.status).toBe(422);
    expect(await alarms()).toEqual([]);
  });

  it('for long by one that came before its entries', async () => {
    await grow(5);
    await receipt();
    await cosign(0);
    const batches = Array.from({ length: 3 }, () => site().agent.seal([{}]));
    site().enter(...batches);
    const request = site()
      .addCheckpoint(5, site().checkpoint())
      .replace(/\n[^\n]{44}\n/, '\n');
    expect((await fixture.core.witness?.addCheckpoint(request))?.status).toBe(422);
    expect((await alarms()).map(({ code }) => code)).toEqual(['WITNESS_FORK']);
    await fixture.core.ingest.batches(
      site().origin,
      5,
      batches.map(({ bytes }) => bytes),
    );
    await receipt();
    await cosign(5);
    expect(await alarms()).toEqual([]);
    expect(await forks()).toEqual([]);
  });

  it('by entries that were damaged on their way, which no head covers yet', async () => {
    await grow(3);
    await receipt();
    await grow(2);
    const other = elsewhere(4, 5, () => site().checkpoint());
    await expect(receipt(other)).rejects.toMatchObject({ code: 'CHECKPOINT_ROOT' });
    expect(await forks()).toEqual([]);
  });
});
