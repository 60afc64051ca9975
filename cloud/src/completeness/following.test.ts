/** The calendar as the cloud keeps it: beside ingest, over generations of a log, and made again from the archive. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { type FixtureReading, START } from '../testing/site-fixture.ts';
import { dayOf } from './completeness-store.ts';
import { DAY_MS } from './steps.ts';

let fixture: GenerationsFixture;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
});
afterEach(() => fixture.dispose());

const DAY = dayOf(START) * DAY_MS;
const on = (day: number, part: FixtureReading = {}): FixtureReading => ({
  time: DAY + day * DAY_MS + 3_600_000,
  ...part,
});

/** Days from START's on: of each, what is here of what there should be, and how it stands. */
async function days(from: number, to: number): Promise<string[]> {
  const { core, site } = fixture;
  await core.idle();
  const [stream] = await core.completeness({
    ...{ agent: site.agent.name, source: 'house-17', device: 'meter', step: 'day' },
    ...{ from: DAY + from * DAY_MS, to: DAY + to * DAY_MS },
  });
  return (stream?.steps ?? []).map(({ count, expected, state }) => `${count}/${expected} ${state}`);
}

/** As far back as the fixture's clock allows: its own today is START's. */
async function someDays(): Promise<void> {
  const { site } = fixture;
  await fixture.send(site, [on(-4), on(-4), on(-3)]);
  const poison = site.agent.seal([on(-3), on(-2)], { root: new Uint8Array(32) });
  site.enter(poison);
  await fixture.core.ingest.batches(site.origin, site.seals.length - 1, [poison.bytes]);
  await fixture.send(site, [on(-2), on(-2)]);
  const next = await fixture.goOn(site);
  await fixture.send(next, [on(-1), on(0)]);
}

const EXPECTED = ['2/2 complete', '1/3 missing', '2/4 missing', '1/1 complete', '1/1 complete'];

it('counts what is believed, over generations of a log, and misses what stands in quarantine', async () => {
  await someDays();
  expect(await days(-4, 1)).toEqual(EXPECTED);
});

it('goes on where it was after a restart', async () => {
  await someDays();
  await days(-4, 1);
  await fixture.restart();
  expect(await days(-4, 1)).toEqual(EXPECTED);
});

it('is made again from the archive when its file is gone', async () => {
  await someDays();
  await days(-4, 1);
  const gone = ['', '-wal', '-shm'].map((end) =>
    join(fixture.directory, `completeness.sqlite${end}`),
  );
  // Under a running cloud it keeps its open file; the next start makes a new one.
  for (const file of gone) await rm(file, { force: true });
  await fixture.restart();
  expect(await days(-4, 1)).toEqual(EXPECTED);
});
