import {
  appendFile,
  copyFile,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64, fromHex, parsePolicy, signErasure } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Core } from '../core.ts';
import { findErasable } from '../erasure/erasable.ts';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { type FixtureSite, START } from '../testing/site-fixture.ts';
import { rebuildCloud } from './rebuild-cloud.ts';

let fixture: GenerationsFixture;
let anchors = 0;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
  anchors = 0;
});
afterEach(() => fixture.dispose());

const at = (name: string) => join(fixture.directory, name);

async function anchor(...sites: FixtureSite[]): Promise<void> {
  const [first = null, ...others] = await Promise.all(sites.map(fixture.checkpoint));
  await fixture.core.ingest.anchor(fixture.ledger.anchor(first, ...others));
  await fixture.core.ingest.anchor(fixture.ledger.final(anchors++));
}

/** A site with all there can be: an unbelieved entry, an erasure, two generations, anchors, a closed log. */
async function lived(): Promise<FixtureSite> {
  const { site, core } = fixture;
  for (let i = 0; i < 5; i++) await fixture.send(site, [{}, {}]);
  const poison = site.agent.seal([{}], { root: new Uint8Array(32) });
  site.enter(poison);
  await core.ingest.batches(site.origin, 5, [poison.bytes]);
  await fixture.send(site, [{}, {}]);
  await anchor(site);
  const [found] = await findErasable(core, [{ agent: site.agent.name, seq: 3 }]);
  const { source, device, n, leafHash } = found!;
  const name = { agent: fromHex(site.agent.name), seq: 3, source, device, n };
  const erasure = { ...name, leafHash: fromBase64(leafHash), reason: 'a test' };
  await core.erasures.accept([signErasure(erasure, site.operator)]);
  await core.erasures.carryOut();
  const next = await fixture.goOn(site);
  for (let i = 0; i < 3; i++) await fixture.send(next, [{}, {}]);
  await anchor(next, site);
  await fixture.send(next, [{}]);
  await fixture.checkpoint(next);
  await fixture.core.idle();
  return next;
}

/** Every evidence file there can be, and what else a caller sees. */
async function everythingOf(core: Core): Promise<string[]> {
  const agent = fixture.site.agent;
  const told: string[] = [];
  for (let seq = 0; seq < 20; seq++)
    told.push(await core.evidence(agent.id, seq).catch((error: Error) => error.message));
  const range = { agent: agent.name, source: 'house-17', from: START, to: START + 18_000 };
  told.push(await core.rangeEvidence(range));
  const { readings } = await core.items.list({ limit: 50 });
  told.push(JSON.stringify(readings), JSON.stringify(await core.items.streams()));
  for (const { origin } of fixture.site.generations)
    told.push(
      JSON.stringify(await core.ingest.state(origin)),
      String(await core.witness?.newest(origin)),
    );
  return told;
}

async function loseAllBut(...kept: string[]): Promise<void> {
  for (const name of await readdir(fixture.directory))
    if (!kept.includes(name)) await rm(at(name), { recursive: true });
}

const rebuild = () =>
  rebuildCloud(fixture.directory, parsePolicy(fixture.ledger.policy), () => START);

async function atRest<T>(work: () => Promise<T>): Promise<T> {
  await fixture.core.close();
  return work();
}

describe('a cloud whose database is lost', () => {
  it('gives every evidence file as before, byte for byte, and goes on', async () => {
    const next = await lived();
    const before = await everythingOf(fixture.core);
    expect(before.filter((text) => text.startsWith('{"format"'))).toHaveLength(19);
    const counts = await atRest(async () => {
      await loseAllBut('archive', 'keepsakes');
      return rebuild();
    });
    expect(counts).toEqual({ records: 4, entries: 11, checkpoints: 3, anchors: 2, erasures: 1 });
    await fixture.reopen();
    await fixture.core.idle();
    expect(await everythingOf(fixture.core)).toEqual(before);
    await fixture.send(next, [{}]);
    await anchor(next);
    expect((await fixture.core.ingest.state(next.origin)).anchors).toEqual({ mined: 3, final: 3 });
  });

  it('is made again from what a database had before there were keepsakes', async () => {
    await lived();
    const before = await everythingOf(fixture.core);
    await atRest(() => rm(at('keepsakes')));
    await fixture.reopen();
    await atRest(() => loseAllBut('archive', 'keepsakes'));
    await rebuild();
    await fixture.reopen();
    await fixture.core.idle();
    expect(await everythingOf(fixture.core)).toEqual(before);
  });

  it('is not made over one that is there, nor from less than all of it', async () => {
    await lived();
    await atRest(async () => {
      await expect(rebuild()).rejects.toMatchObject({ code: 'REBUILD_FAILED' });
      const database = at('cloud.sqlite');
      await copyFile(database, `${database}.aside`);
      for (const name of ['', '-wal', '-shm']) await rm(`${database}${name}`, { force: true });
      const keepsakes = await readFile(at('keepsakes'));
      await rm(at('keepsakes'));
      await expect(rebuild()).rejects.toThrow('take it back from a backup');
      keepsakes[keepsakes.length >> 1]! ^= 1;
      await writeFile(at('keepsakes'), keepsakes);
      await expect(rebuild()).rejects.toMatchObject({ code: 'KEEPSAKES_DAMAGED' });
      keepsakes[keepsakes.length >> 1]! ^= 1;
      await writeFile(at('keepsakes'), keepsakes);
      await rm(at('archive'), { recursive: true });
      await expect(rebuild()).rejects.toThrow(/has no batch in the archive/);
      await expect(stat(database)).rejects.toThrow('ENOENT');
      await copyFile(`${database}.aside`, database);
    });
    await fixture.reopen();
  });
});

describe('keepsakes', () => {
  it('end with what was committed: a tail behind it is cut', async () => {
    await fixture.send(fixture.site);
    const { size } = await stat(at('keepsakes'));
    await atRest(() => appendFile(at('keepsakes'), 'torn'));
    await fixture.reopen();
    expect((await stat(at('keepsakes'))).size).toBe(size);
  });

  it('grow with a write that is committed, and not with one that is not', async () => {
    const { database } = fixture.core;
    const { size } = await stat(at('keepsakes'));
    const failing = database.write(async (sql) => {
      await sql.run("INSERT INTO site_logs (origin, next) VALUES ('x', 0)");
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect((await stat(at('keepsakes'))).size).toBe(size);
    await fixture.send(fixture.site);
    expect((await stat(at('keepsakes'))).size).toBeGreaterThan(size);
  });

  it('begin anew out of the database when they are cut short, or are those of another', async () => {
    await lived();
    const before = await everythingOf(fixture.core);
    await atRest(() => truncate(at('keepsakes'), 100));
    await fixture.reopen();
    const { size } = await stat(at('keepsakes'));
    expect(size).toBeGreaterThan(1000);
    const foreign = await openGenerationsFixture();
    await foreign.core.close();
    await atRest(() => copyFile(join(foreign.directory, 'keepsakes'), at('keepsakes')));
    await rm(foreign.directory, { recursive: true });
    await fixture.reopen();
    await atRest(() => loseAllBut('archive', 'keepsakes'));
    await rebuild();
    await fixture.reopen();
    await fixture.core.idle();
    expect(await everythingOf(fixture.core)).toEqual(before);
  });
});
