import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeBatch, decodeReading } from '@sigill/evidence';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import type { FixtureBatch } from '../testing/site-fixture.ts';
import { createProjector, type FollowingStore, type ProjectedBatch } from './projector.ts';
import type { StoredBatch } from './reading-store.ts';

let fixture: CoreFixture;
beforeEach(async () => {
  fixture = await openCoreFixture();
});
afterEach(() => fixture.dispose());

async function enter(count: number): Promise<FixtureBatch[]> {
  const { site, core } = fixture;
  const batches = Array.from({ length: count }, () => site.agent.seal([{}, {}]));
  await core.ingest.batches(
    site.origin,
    0,
    batches.map(({ bytes }) => bytes),
  );
  return batches;
}

/** A store that only remembers, and fails as often as it is told to. */
function remembering(failures = 0): FollowingStore & { groups: (readonly StoredBatch[])[] } {
  const groups: (readonly StoredBatch[])[] = [];
  let left = failures;
  let arrival = 0;
  return {
    groups,
    async write(batches) {
      if (left-- > 0) throw new Error('disk full');
      groups.push(batches);
      arrival = batches.at(-1)?.arrival ?? arrival;
    },
    arrival: () => arrival,
  };
}

function project(store: FollowingStore) {
  const { archive, database } = fixture.core;
  const written: ProjectedBatch[] = [];
  const errors: unknown[] = [];
  const projector = createProjector({
    archive,
    database,
    store,
    written: (batches) => written.push(...batches),
    failed: (error) => errors.push(error),
    wait: () => Promise.resolve(),
  });
  return { projector, written, errors };
}

it('writes everything that arrived, in order, many batches at once', async () => {
  await enter(150);
  const store = remembering();
  const { projector, written } = project(store);
  projector.wake();
  await projector.idle();
  expect(written.map(({ batch }) => batch)).toEqual([...Array(150).keys()]);
  expect(store.groups.map((group) => group.length)).toEqual([64, 64, 22]);
});

it('takes readings that were offered, and the archive’s for the others', async () => {
  const [first] = await enter(2);
  const { projector, written } = project(remembering());
  const readings = decodeBatch((first as FixtureBatch).bytes).readings.map(decodeReading);
  projector.offer(fixture.site.agent.id, 0, readings);
  projector.wake();
  await projector.idle();
  expect(written[0]?.readings).toBe(readings);
  expect(written[1]?.readings.map((one) => one?.seq)).toEqual([2, 3]);
});

it('tries again when the store fails, and loses nothing', async () => {
  await enter(3);
  const { projector, written, errors } = project(remembering(2));
  projector.wake();
  await projector.idle();
  expect(errors).toHaveLength(2);
  expect(written).toHaveLength(3);
});

it('goes on behind a batch that the archive cannot read any more, and says so', async () => {
  await enter(3);
  const segment = join(fixture.directory, 'archive/0000000001.segment');
  const content = await readFile(segment);
  content.writeUInt8(content.readUInt8(200) ^ 1, 200);
  await writeFile(segment, content);
  const { projector, written, errors } = project(remembering());
  projector.wake();
  await projector.idle();
  expect(errors).toMatchObject([{ code: 'ARCHIVE_DAMAGED' }]);
  expect(written.map(({ readings }) => readings.length)).toEqual([0, 2, 2]);
});
