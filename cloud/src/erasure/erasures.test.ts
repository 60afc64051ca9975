import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSign1,
  decodeBatch,
  type Erasure,
  encodeBatch,
  encodeCbor,
  fromBase64,
  fromHex,
  leafHash,
  type Signer,
  signErasure,
  toBase64,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../testing/claims-fixture.ts';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { rangeOf } from '../testing/range-fixture.ts';
import { energy, type FixtureReading, newSigner, START } from '../testing/site-fixture.ts';
import { findErasable, type ReadingName, readingsOfStream } from './erasable.ts';

let fixture: GenerationsFixture;
let anchors = 0;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
  anchors = 0;
});
afterEach(() => fixture.dispose());

const secret = (i: number) => `the family was at home, ${i}`;
const text = (i: number): FixtureReading => ({
  time: START + 1000 * i,
  fields: [{ name: 'message', value: secret(i), unit: null, code: null }],
});

async function anchor(): Promise<void> {
  const note = await fixture.checkpoint(fixture.site);
  await fixture.core.ingest.anchor(fixture.ledger.anchor(note));
  await fixture.core.ingest.anchor(fixture.ledger.final(anchors++));
}

const named = (...seqs: number[]): ReadingName[] =>
  seqs.map((seq) => ({ agent: fixture.site.agent.name, seq }));

async function signed(
  readings: readonly ReadingName[],
  change: Partial<Erasure> = {},
  operator: Signer = fixture.site.operator,
): Promise<Uint8Array[]> {
  const found = await findErasable(fixture.core, readings);
  return found.map(({ agent, seq, source, device, n, leafHash: leaf }) => {
    const name = { agent: fromHex(agent), seq, source, device, n };
    const erasure = { ...name, leafHash: fromBase64(leaf), reason: 'asked for by the tenant' };
    return signErasure({ ...erasure, ...change }, operator);
  });
}

async function take(coses: readonly Uint8Array[]) {
  const taken = await fixture.core.erasures.accept(coses);
  await fixture.core.erasures.carryOut();
  return taken;
}

const erase = async (...seqs: number[]) => take(await signed(named(...seqs)));

async function everything(): Promise<string> {
  const names = await readdir(fixture.directory, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  const read = files.map((one) => readFile(join(one.parentPath, one.name), 'latin1'));
  return (await Promise.all(read)).join();
}

describe('an erased reading', () => {
  it('stands in no file of the cloud, while its neighbours are proven as before', async () => {
    const { site } = fixture;
    for (let i = 0; i < 4; i++) await fixture.send(site, [text(2 * i), text(2 * i + 1)]);
    await anchor();
    const before = await fixture.core.evidence(site.agent.id, 2);
    await fixture.core.idle();
    expect(await everything()).toContain(secret(3));
    expect(await erase(3, 4)).toEqual({ erased: 2, known: 0 });
    const content = await everything();
    for (const i of [3, 4]) expect(content).not.toContain(secret(i));
    expect(content).toContain(secret(5));
    expect(await fixture.core.evidence(site.agent.id, 2)).toBe(before);
    expect(await claimsOf(fixture, site.agent.id, 5)).toEqual({ all: 'yes' });
    await expect(fixture.core.evidence(site.agent.id, 3)).rejects.toMatchObject({
      code: 'READING_GONE',
      message: expect.stringContaining('asked for by the tenant'),
    });
    const { readings } = await fixture.core.items.list({ limit: 9 });
    expect(readings.map(({ seq }) => seq)).toEqual([7, 6, 5, 2, 1, 0]);
  });

  it('is a hole in a range, told on the operator’s word, also after a restart', async () => {
    const { site } = fixture;
    for (let i = 0; i < 6; i++) await fixture.send(site, [text(i)]);
    await anchor();
    await erase(2);
    for (const round of ['before', 'after']) {
      const { open, verdict } = await rangeOf(fixture, { from: 1, to: 5 });
      expect(open, round).toEqual({ complete: 'ERASED' });
      expect(verdict.streams[0]?.holes).toEqual([{ n: 2, erased: 'asked for by the tenant' }]);
      await fixture.restart();
    }
  });

  it('leaves the other readings of its frame their frame, which goes with the last of them', async () => {
    const { site } = fixture;
    const frame = new TextEncoder().encode('/ISK5 at home');
    await fixture.send(site, [{ frame }, { frame }, { frame }, {}]);
    await anchor();
    const found = async (...seqs: number[]) =>
      (await findErasable(fixture.core, named(...seqs))).map((one) => one.frame);
    expect(await found(0)).toEqual(['stays']);
    expect(await found(0, 1, 2, 3)).toEqual(['goes', 'goes', 'goes', 'none']);
    await erase(0);
    expect(await claimsOf(fixture, site.agent.id, 1)).toEqual({ all: 'yes' });
    await erase(2);
    expect(JSON.parse(await fixture.core.evidence(site.agent.id, 1)).readings[0].frame).toBe(
      Buffer.from(frame).toString('base64'),
    );
    await erase(1);
    expect(await everything()).not.toContain('/ISK5 at home');
    expect(await claimsOf(fixture, site.agent.id, 3)).toEqual({ all: 'yes' });
  });

  it('goes from quarantine too, where its batch came again; of a broken one the seal stays', async () => {
    const { site } = fixture;
    const batch = await fixture.send(site, [text(0), text(1)]);
    const twin = site.agent.clone();
    await fixture.send(site, [text(2)]);
    const again = encodeBatch({
      ...decodeBatch(batch.bytes),
      seal: twin.seal([text(0)]).seal,
    });
    const broken = Buffer.concat([batch.bytes, Buffer.from('tail')]);
    await fixture.core.ingest.batches(site.origin, 2, [again]);
    await fixture.core.ingest.batches(site.origin, 3, [Uint8Array.from(broken)]);
    await fixture.core.idle();
    expect((await everything()).split(secret(1)).length).toBeGreaterThan(3);
    await erase(1);
    expect(await everything()).not.toContain(secret(1));
  });

  it('does not come back when its gateway sends the batch again after a cut', async () => {
    const { site } = fixture;
    await fixture.send(site, [text(0)]);
    await fixture.checkpoint(site);
    const batch = await fixture.send(site, [text(1), text(2)]);
    await erase(2);
    await fixture.core.database.write((sql) =>
      sql.run('DELETE FROM entries WHERE origin = ? AND entry >= 1', site.origin),
    );
    await fixture.core.database.write((sql) =>
      sql.run('UPDATE site_logs SET next = 1 WHERE origin = ?', site.origin),
    );
    await fixture.core.ingest.batches(site.origin, 1, [batch.bytes]);
    await fixture.core.idle();
    expect(await everything()).not.toContain(secret(2));
    const { readings } = await fixture.core.items.list({ limit: 9 });
    expect(readings.map(({ seq }) => seq)).toEqual([1, 0]);
  });

  it('keeps its number: a log that goes on never gives it again', async () => {
    const { site } = fixture;
    await fixture.send(site, [text(0), text(1)]);
    await fixture.core.idle();
    await erase(1);
    await fixture.core.idle();
    expect(await fixture.core.store.nextNumbers(site.agent.name, 9)).toMatchObject([{ nextN: 1 }]);
    const path = '/ingest/v1/heads';
    const asked = encodeCbor(['sigill.request.1', fixture.core.ingest.challenge(), path]);
    const request = { origin: site.origin, from: 0, path };
    const signedRequest = toBase64(createSign1(asked, site.log));
    const { agents } = await fixture.core.ingest.heads({ ...request, signed: signedRequest });
    expect(agents[0]?.streams).toMatchObject([{ nextN: 2 }]);
  });
});

describe('an erasure', () => {
  it('is taken once, and what was said first stays', async () => {
    await fixture.send(fixture.site, [text(0), text(1)]);
    const [one] = await signed(named(0));
    const [other] = await signed(named(0), { reason: 'another' });
    expect(await take([one as Uint8Array])).toEqual({ erased: 1, known: 0 });
    expect(await take([one as Uint8Array, other as Uint8Array])).toEqual({
      erased: 0,
      known: 2,
    });
    expect(await fixture.core.erasures.newest(9)).toMatchObject({
      ...{ total: 1, open: 0 },
      erasures: [{ seq: 0, done: true, reason: 'asked for by the tenant' }],
    });
    expect(await findErasable(fixture.core, named(0, 1))).toMatchObject([{ seq: 1 }]);
  });

  it('is carried out at the next start when the cloud was killed in between', async () => {
    await fixture.send(fixture.site, [text(0), text(1)]);
    await fixture.core.idle();
    const [cose] = await signed(named(1));
    const { archive } = fixture.core;
    const whole = archive.erase;
    Object.assign(archive, { erase: () => Promise.reject(new Error('killed')) });
    await expect(take([cose as Uint8Array])).rejects.toThrow('killed');
    Object.assign(archive, { erase: whole });
    expect((await fixture.core.erasures.newest(9)).open).toBe(1);
    expect(fixture.warnings).toContain('readings to be erased are still here');
    expect(await everything()).toContain(secret(1));
    await fixture.restart();
    expect((await fixture.core.erasures.newest(9)).open).toBe(0);
    expect(await everything()).not.toContain(secret(1));
  });

  it.each<[string, Partial<Erasure>]>([
    ['another number', { n: 7 }],
    ['another stream', { source: 'bin-7' }],
    ['another leaf', { leafHash: new Uint8Array(32) }],
  ])('of %s is refused, and nothing of the request is erased', async (_, change) => {
    await fixture.send(fixture.site, [text(0), text(1)]);
    const coses = [...(await signed(named(0))), ...(await signed(named(1), change))];
    await expect(take(coses)).rejects.toMatchObject({
      code: 'ERASURE_REFUSED',
    });
    expect(await findErasable(fixture.core, named(0, 1))).toHaveLength(2);
  });

  it('counts by the operator’s key alone', async () => {
    await fixture.send(fixture.site, [text(0)]);
    await expect(take(await signed(named(0), {}, newSigner()))).rejects.toMatchObject({
      code: 'ERASURE_REFUSED',
    });
  });

  it('is not for a reading that never came, or came lost', async () => {
    const { site } = fixture;
    const batch = site.agent.seal([{ fields: [energy('1.0')] }, {}]);
    const decoded = decodeBatch(batch.bytes);
    const lost = [leafHash(decoded.readings[0] as Uint8Array), decoded.readings[1] as Uint8Array];
    site.enter(batch);
    await fixture.core.ingest.batches(site.origin, 0, [
      encodeBatch({ ...decoded, readings: lost }),
    ]);
    await expect(findErasable(fixture.core, named(0))).rejects.toMatchObject({
      code: 'READING_GONE',
    });
    await expect(findErasable(fixture.core, named(9))).rejects.toMatchObject({
      code: 'READING_UNKNOWN',
    });
  });

  it('may be of a source in a time', async () => {
    for (let i = 0; i < 5; i++) await fixture.send(fixture.site, [text(i)]);
    await fixture.core.idle();
    const period = { source: 'house-17', from: START + 1000, to: START + 3000 };
    const found = await readingsOfStream(fixture.core, period);
    expect(found.map(({ seq }) => seq)).toEqual([2, 1]);
    expect(await readingsOfStream(fixture.core, { ...period, device: 'x' })).toEqual([]);
  });
});
