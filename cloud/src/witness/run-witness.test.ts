import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cosignedAt,
  formatNoteKey,
  judgeForkFile,
  logKey,
  type NoteKey,
  originHash,
  parseFork,
  parseNoteKey,
  toHex,
} from '@sigill/evidence';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSite, type FixtureSite, newSigner } from '../testing/site-fixture.ts';
import { initWitness } from './init-witness.ts';
import { type RunningWitness, readWitnessConfig, startWitness } from './run-witness.ts';

let directory: string;
let site: FixtureSite;
let key: NoteKey;
let witness: RunningWitness | null;
let time: number;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sigill-witness-')), 'w1');
  site = createSite('example.org/house-17');
  time = 1_790_000_000_000;
  key = parseNoteKey(await make(directory));
  witness = null;
  await start();
  grow(3);
});
afterEach(async () => {
  await witness?.stop();
  await rm(join(directory, '..'), { recursive: true });
});

const make = (at: string) =>
  initWitness({
    ...{ directory: at, name: 'witness.example/w1', listen: { host: '127.0.0.1', port: 0 } },
    ...{ tls: null, operators: [] },
    logs: [formatNoteKey(logKey(site.origin, site.log.publicKey))],
  });

async function start(at = directory): Promise<void> {
  await witness?.stop();
  witness = null;
  witness = await startWitness(await readWitnessConfig(join(at, 'witness.yaml')), {
    logger: pino({ level: 'silent' }),
    now: () => time,
  });
}

function grow(count: number): void {
  for (let i = 0; i < count; i++) site.enter(site.agent.seal([{}]));
}

const post = (body: string) =>
  fetch(`${witness?.url}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body,
  });
const add = (oldSize: number, note = site.checkpoint()) => post(site.addCheckpoint(oldSize, note));
const get = (path: string) => fetch(`${witness?.url}${path}`);
const newest = () => get(`/${toHex(originHash(site.origin))}/checkpoint`);

describe('a witness of its own', () => {
  it('answers as C2SP tlog-witness has it', async () => {
    const note = site.checkpoint();
    const first = await add(0, note);
    const line = await first.text();
    expect([first.status, cosignedAt(note + line, key)]).toEqual([200, time / 1000]);
    const stale = await add(1);
    expect([stale.status, stale.headers.get('content-type'), await stale.text()]).toEqual([
      ...[409, 'text/x.tlog.size', '3\n'],
    ]);
    const answers = [
      await post('hello'),
      await post(site.addCheckpoint(3, note).replace('old 3\n', 'old 9\n')),
      await post(site.addCheckpoint(3, note).replaceAll('house-17', 'house-18')),
      await post(site.addCheckpoint(3, note).replace(/\n3\n/, '\n4\n')),
      await post(site.addCheckpoint(3, note).replace('old 3\n', `old 3\n${'A'.repeat(43)}=\n`)),
      await post('x'.repeat(70_000)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404, 403, 422, 413]);
  });

  it('gives monitors the newest head with its cosignature, also after a restart', async () => {
    expect((await newest()).status).toBe(404);
    await add(0);
    grow(2);
    const note = site.checkpoint();
    const line = await (await add(3, note)).text();
    expect(await (await newest()).text()).toBe(note + line);
    await start();
    expect(await (await newest()).text()).toBe(note + line);
    expect((await get(`/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
    expect((await add(3, note)).status).toBe(409);
  });

  it('tells the same again for a minute, and then that the log still stands there', async () => {
    const first = await (await add(0)).text();
    time += 59_000;
    expect(await (await add(3)).text()).toBe(first);
    time += 2000;
    const later = await (await add(3)).text();
    expect(cosignedAt(site.checkpoint() + later, key)).toBe(time / 1000);
  });

  it('never signs with a time before its last, whatever its clock does', async () => {
    await add(0);
    const before = time / 1000;
    time -= 300_000;
    await start();
    grow(1);
    const line = await (await add(3)).text();
    expect(cosignedAt(site.checkpoint() + line, key)).toBe(before);
    time -= 400_000;
    grow(1);
    const refused = await add(4);
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'WITNESS_CLOCK' }]);
    time += 10 * 86_400_000;
    expect((await add(4)).status).toBe(200);
  });

  it('keeps two heads of one size with two roots as a proof, and tells it to anyone', async () => {
    await add(0);
    grow(2);
    await add(3);
    site.seals[4] = Uint8Array.of(1);
    expect((await add(4)).status).toBe(409);
    await start();
    const { forks } = (await (await get('/forks')).json()) as { forks: { file: string }[] };
    expect(forks).toHaveLength(1);
    expect(judgeForkFile(parseFork(String(forks[0]?.file)))).toMatchObject({
      ...{ kind: 'fork', size: 5 },
    });
    expect(await (await get('/metrics')).text()).toContain('sigill_witness_forks 1');
  });

  it('keeps a head that was not shown to continue as a doubt, until it knows', async () => {
    await add(0);
    const { seals } = site;
    grow(4);
    const own = [...seals];
    seals[2] = Uint8Array.of(1);
    expect((await add(3)).status).toBe(422);
    expect(await (await get('/metrics')).text()).toContain('sigill_witness_doubts 1');
    expect(await (await get('/forks')).json()).toEqual({ forks: [] });
    seals.splice(0, seals.length, ...own);
    expect((await add(3)).status).toBe(200);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('sigill_witness_doubts 0');
    expect(metrics).toContain('sigill_witness_forks 1');
  });

  it('is asked so often by one address, and no more', async () => {
    const answers = await Promise.all(Array.from({ length: 320 }, () => get('/health')));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
    time += 1000;
    expect((await get('/health')).status).toBe(200);
  });

  it('lets a log grow once a second, and no faster for long', async () => {
    const statuses: number[] = [];
    for (let size = 0; size < 65; size += 1) {
      statuses.push((await add(size === 0 ? 0 : size + 2)).status);
      grow(1);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(60);
    expect(statuses.at(60)).toBe(429);
  });
});

describe('a witness that shall not sign', () => {
  it('is one of two with one state', async () => {
    const second = startWitness(await readWitnessConfig(join(directory, 'witness.yaml')));
    await expect(second).rejects.toMatchObject({
      ...{ code: 'WITNESS_STATE' },
      message: expect.stringContaining('another process runs this witness'),
    });
  });

  it('is one whose state was lost', async () => {
    await add(0);
    await witness?.stop();
    witness = null;
    await rm(join(directory, 'state'), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'WITNESS_RETIRED' });
  });

  it('is one that meets a cosignature of its own which it does not remember', async () => {
    await add(0);
    await witness?.stop();
    witness = null;
    const older = `${directory}-older`;
    await cp(directory, older, { recursive: true });
    await start();
    grow(2);
    const note = site.checkpoint();
    const line = await (await add(3, note)).text();
    await start(older);
    grow(1);
    const answer = await post(site.addCheckpoint(3, note + line));
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'WITNESS_RETIRED' }]);
    expect((await add(3)).status).toBe(503);
    await expect(start(older)).rejects.toMatchObject({
      code: 'WITNESS_RETIRED',
      message: expect.stringContaining('does not know'),
    });
  });

  it('is one that is told another key for a log it knows', async () => {
    await add(0);
    const file = join(directory, 'witness.yaml');
    const thief = newSigner();
    const other = formatNoteKey(logKey(site.origin, thief.publicKey));
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/logs: \[.*\]/, `logs: ["${other}"]`));
    await start();
    expect((await add(3)).status).toBe(404);
  });
});
