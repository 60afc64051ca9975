import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { rangeOf } from '../testing/range-fixture.ts';
import { type FixtureReading, type FixtureSite, START } from '../testing/site-fixture.ts';

let fixture: GenerationsFixture;
let anchors = 0;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
  anchors = 0;
});
afterEach(() => fixture.dispose());

/** Of these devices, one reading each at these seconds. */
const at = (seconds: number, ...devices: string[]): FixtureReading[] =>
  devices.map((device) => ({ device, time: START + 1000 * seconds }));

async function anchor(...sites: FixtureSite[]): Promise<void> {
  const notes: string[] = [];
  for (const site of sites.length === 0 ? [fixture.site] : sites)
    notes.push(await fixture.checkpoint(site));
  const [first = null, ...others] = notes;
  await fixture.core.ingest.anchor(fixture.ledger.anchor(first, ...others));
  await fixture.core.ingest.anchor(fixture.ledger.final(anchors++));
}

describe('evidence of a range', () => {
  it('proves all readings of all streams of a source in a time, with those that bound it', async () => {
    const { site } = fixture;
    for (let i = 0; i < 10; i++) {
      await fixture.send(site, [
        ...at(2 * i, 'power', 'gas'),
        { source: 'bin-7', time: START },
        ...at(2 * i + 1, 'power'),
      ]);
    }
    await anchor();
    const { verdict, file, open } = await rangeOf(fixture, { from: 4, to: 10 });
    expect(open).toEqual({});
    expect(verdict.streams).toMatchObject([
      { device: 'gas', first: 2, count: 3, holes: [] },
      { device: 'power', first: 4, count: 6, holes: [] },
    ]);
    expect(file.batches).toHaveLength(6);
    expect(file.period).toEqual({ from: START + 4000, to: START + 10_000 });
  });

  it('shows one device alone, and headers only of batches it has no reading in', async () => {
    const { site } = fixture;
    await fixture.send(site, at(0, 'gas', 'power'));
    await fixture.send(site, at(1, 'power'));
    await fixture.send(site, at(2, 'power'));
    await fixture.send(site, at(3, 'gas'));
    await fixture.send(site, at(9, 'gas'));
    await anchor();
    const { file, verdict, open } = await rangeOf(fixture, { device: 'gas', from: 1, to: 5 });
    expect(open).toEqual({});
    expect(verdict.streams).toMatchObject([{ device: 'gas', first: 1, count: 1 }]);
    expect(file.batches.map(({ readings }) => readings.length)).toEqual([1, 0, 0, 1, 1]);
  });

  it('carries a frame once, beside the first reading that names it', async () => {
    const { site } = fixture;
    const frame = new TextEncoder().encode('/ISK5 1-0:1.8.0(000012.5*kWh)');
    await fixture.send(site, at(0, 'power'));
    await fixture.send(site, [
      ...at(1, 'power', 'gas').map((one) => ({ ...one, frame })),
      ...at(2, 'power', 'gas'),
    ]);
    await anchor();
    const { file, open } = await rangeOf(fixture, { device: 'power', from: 1, to: 2 });
    expect(open).toEqual({});
    const frames = file.batches.flatMap(({ readings }) => readings.map((one) => one.frame));
    expect(frames).toEqual([null, frame, null]);
    const both = await rangeOf(fixture, { from: 1, to: 2 });
    expect(
      both.file.batches.flatMap(({ readings }) => readings).filter((one) => one.frame),
    ).toHaveLength(1);
  });

  it('names the numbers that are missing, also where nobody knows whether they lie in the time', async () => {
    const { site } = fixture;
    await fixture.send(site, at(0, 'power'));
    await fixture.send(site, at(1, 'power'));
    const poison = site.agent.seal(at(2, 'power', 'power'), { root: new Uint8Array(32) });
    site.enter(poison);
    await fixture.core.ingest.batches(site.origin, 2, [poison.bytes]);
    await fixture.send(site, at(3, 'power'));
    await fixture.send(site, at(4, 'power'));
    await anchor();
    for (const time of [
      { from: 1, to: 4 },
      { from: 1, to: 3 },
      { from: 3, to: 4 },
    ]) {
      const { verdict, open } = await rangeOf(fixture, time);
      expect(open).toEqual({ complete: 'HOLES' });
      expect(verdict.streams[0]?.holes).toEqual([
        { n: 2, erased: null },
        { n: 3, erased: null },
      ]);
    }
  });

  it('says that its end is open while no reading after the time has come', async () => {
    const { site } = fixture;
    await fixture.send(site, at(0, 'power'));
    await fixture.send(site, at(1, 'power'));
    await anchor();
    expect((await rangeOf(fixture, { from: 1, to: 6 })).open).toEqual({ complete: 'END_OPEN' });
    await fixture.send(site, at(6, 'power'));
    await anchor();
    expect((await rangeOf(fixture, { from: 1, to: 6 })).open).toEqual({});
  });

  it('proves a silence by the readings on both sides of it', async () => {
    const { site } = fixture;
    await fixture.send(site, at(0, 'power', 'gas'));
    await fixture.send(site, at(5, 'power'));
    await fixture.send(site, at(9, 'power', 'gas'));
    await anchor();
    const { verdict, open } = await rangeOf(fixture, { from: 4, to: 6 });
    expect(open).toEqual({});
    expect(verdict.streams).toMatchObject([
      { device: 'gas', first: 1, count: 0 },
      { device: 'power', first: 1, count: 1 },
    ]);
  });

  it('takes whole numbers where a clock jumped: all between the least and the greatest of the time', async () => {
    const { site } = fixture;
    for (const second of [0, 3, 4, 1, 5, 8]) await fixture.send(site, at(second, 'power'));
    await anchor();
    const { verdict, open } = await rangeOf(fixture, { from: 3, to: 6 });
    expect(open).toEqual({});
    const [stream] = verdict.streams;
    expect(stream).toMatchObject({ first: 1, count: 4 });
    expect(stream?.readings.map(({ time }) => (time - START) / 1000)).toEqual([0, 3, 4, 1, 5, 8]);
  });

  it('leaves aside what no checkpoint covers, and is pending before the first', async () => {
    const { site } = fixture;
    await fixture.send(site, at(0, 'power'));
    await expect(rangeOf(fixture, { from: 0, to: 9 })).rejects.toMatchObject({
      code: 'EVIDENCE_PENDING',
      retryable: true,
    });
    await fixture.send(site, at(1, 'power'));
    await fixture.checkpoint(site);
    await fixture.send(site, at(2, 'power'));
    const { verdict } = await rangeOf(fixture, { from: 0, to: 9 });
    expect(verdict.streams).toMatchObject([{ first: 0, count: 2 }]);
    expect(verdict.claims.find(({ claim }) => claim === 'logged')?.holds).toBe('yes');
  });

  it('is refused where nothing of the time can be proven', async () => {
    await fixture.send(fixture.site, at(5, 'power'));
    await fixture.checkpoint(fixture.site);
    for (const question of [
      { from: 0, to: 5 },
      { from: 6, to: 9 },
      { from: 0, to: 9, device: 'x' },
    ])
      await expect(rangeOf(fixture, question)).rejects.toMatchObject({ code: 'RANGE_EMPTY' });
  });

  it('goes over generations of a log, and names each beacon between', async () => {
    const { site, ledger } = fixture;
    await fixture.send(site, at(0, 'power'));
    await anchor();
    await fixture.send(site, at(1, 'power'));
    const second = await fixture.goOn(site);
    const beacon = { anchorIndex: 0, anchorLeafHash: ledger.leafHash(0) };
    for (const [i, seconds] of [601, 602].entries()) {
      const time = START + 1000 * seconds;
      const batch = second.agent.seal([{ device: 'power', time }], { beacon, closedAt: time });
      second.enter(batch);
      await fixture.core.ingest.batches(second.origin, i, [batch.bytes]);
    }
    await anchor(second, site);
    const { verdict, file, open } = await rangeOf(fixture, { from: 0, to: 602 });
    expect(open).toEqual({});
    expect(verdict.streams).toMatchObject([{ first: 0, count: 3 }]);
    expect(file.log.origin).toBe(second.origin);
    expect(file.anchors?.leaves.map(({ index }) => index)).toEqual([0, 1]);
  });
});
