import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decodeEntryBundle, leafHash, toBase64 } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCloud } from '../cloud.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';
import type { FixtureSite } from '../testing/site-fixture.ts';
import { leavesOfBundle, rootFromTiles, treeOf } from './tile-reader-fixture.ts';

const TOKEN = 'q8WmB2nq0Xo7m1c9Zt5yK4r3V6u8s0Aa';
// More than one full tile, so that there is a level above.
const [EARLIER, SIZE, NEXT_SIZE] = [70, 300, 5];

let fixture: CloudFixture;
let cloud: RunningCloud;
let next: FixtureSite;

beforeAll(async () => {
  fixture = await createCloudFixture('tiles: { token: tokens }\n');
  const { site } = fixture;
  await writeFile(join(fixture.directory, 'tokens'), `${site.origin} ${TOKEN}\n`, { mode: 0o600 });
  cloud = await fixture.start();
  await grow(site, EARLIER);
  await sign(site);
  await grow(site, SIZE - EARLIER);
  await sign(site);
  // Behind the newest checkpoint: there, and not told.
  await grow(site, 2);
  next = site.continue(SIZE);
  for (const cose of [site.slotRecord(), next.slotRecord()]) await cloud.core.register.admit(cose);
  await grow(next, NEXT_SIZE);
  await sign(next);
}, 60_000);
afterAll(() => fixture.dispose());

async function grow(site: FixtureSite, count: number): Promise<void> {
  const batches = Array.from({ length: count }, () => site.agent.seal([{}]));
  const first = site.seals.length;
  for (let at = 0; at < count; at += 50) {
    const answer = await postBatches(
      cloud.url,
      site.origin,
      first + at,
      batches.slice(at, at + 50),
    );
    expect(answer.status).toBe(200);
  }
  site.enter(...batches);
}

async function sign(site: FixtureSite): Promise<void> {
  await cloud.core.ingest.receipt(site.checkpoint());
}

const at = (path: string, origin = fixture.site.origin) => `${cloud.url}/log/${origin}/${path}`;
const get = (path: string, headers: Record<string, string> = {}, origin?: string) =>
  fetch(at(path, origin), { headers });
const bytesAt = (origin: string) => async (path: string) => {
  const answer = await get(path, {}, origin);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
};
const reader = { authorization: `Bearer ${TOKEN}` };

describe('a site log as tiles', () => {
  it('is rebuilt from them: root, and that it grew out of what it was', async () => {
    const { site } = fixture;
    const note = await (await get('checkpoint')).text();
    expect(note).toBe(site.checkpoint(SIZE));
    const root = await rootFromTiles(bytesAt(site.origin), SIZE);
    expect(note.split('\n')[2]).toBe(root.toString('base64'));
    const earlier = await rootFromTiles(bytesAt(site.origin), SIZE, EARLIER);
    expect(earlier.toString('base64')).toBe(toBase64(site.root(EARLIER)));
  });

  it('goes on in its next generation, beside the closed one', async () => {
    const note = await (await get('checkpoint', {}, next.origin)).text();
    const root = await rootFromTiles(bytesAt(next.origin), NEXT_SIZE);
    expect(note.split('\n').slice(0, 3)).toEqual([next.origin, '5', root.toString('base64')]);
  });

  it('has each partial tile at the width asked for', async () => {
    const whole = await bytesAt(fixture.site.origin)('tile/0/000');
    const part = await bytesAt(fixture.site.origin)(`tile/0/000.p/${EARLIER}`);
    expect(part).toEqual(whole.subarray(0, EARLIER * 32));
  });

  it('tells nothing that no signed checkpoint covers, and of a log that is not here the same', async () => {
    const answers = await Promise.all([
      get('tile/0/001.p/45'),
      get('tile/0/001'),
      get('tile/0/002'),
      get('tile/1/000.p/2'),
      get('tile/2/000.p/1'),
      get('tile/0/x999/999'),
      get('tile/0/000', {}, 'sigill.example/nowhere'),
      get('checkpoint', {}, 'sigill.example/nowhere'),
      get('anything'),
      get('tile/entries/001.p/45', reader),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(
      answers.map(() => null),
    );
  });
});

describe('how it may be kept and read', () => {
  it('tiles stay for ever, the checkpoint is asked for each time', async () => {
    const tile = await get('tile/0/000');
    expect(tile.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(tile.headers.get('content-type')).toBe('application/octet-stream');
    const note = await get('checkpoint');
    expect(note.headers.get('cache-control')).toBe('no-cache');
    expect(note.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('what is known already is not sent again', async () => {
    const tag = String((await get('checkpoint')).headers.get('etag'));
    for (const known of [tag, `"x", W/${tag}`, '*']) {
      const again = await get('checkpoint', { 'if-none-match': known });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    }
    expect((await get('checkpoint', { 'if-none-match': '"x"' })).status).toBe(200);
  });

  it('a page from elsewhere may read what is public, and nothing else', async () => {
    for (const path of ['checkpoint', 'tile/0/000', 'tile/0/002']) {
      const { headers } = await get(path);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    }
    const { headers } = await get('tile/entries/000', reader);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('its head alone can be asked for', async () => {
    const answer = await fetch(at('tile/0/000'), { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '8192']);
    expect((await answer.arrayBuffer()).byteLength).toBe(0);
  });
});

describe('the entries of a site log', () => {
  it('are its seals, for who has a token', async () => {
    const first = await get('tile/entries/000', reader);
    expect(first.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const rest = await get(`tile/entries/001.p/${SIZE - 256}`, reader);
    const bundles = [await first.arrayBuffer(), await rest.arrayBuffer()].map((bytes) =>
      Buffer.from(bytes),
    );
    const leaves = bundles.flatMap(leavesOfBundle);
    expect(treeOf(leaves).toString('base64')).toBe(toBase64(fixture.site.root(SIZE)));
    expect(decodeEntryBundle(Uint8Array.from(bundles[0] ?? []))).toEqual(
      fixture.site.seals.slice(0, 256),
    );
  });

  it('are refused to everybody else, and what there is is not told', async () => {
    const asked = [
      get('tile/entries/000'),
      get('tile/entries/000', { authorization: `Bearer ${TOKEN}x` }),
      get('tile/entries/x999/999'),
      get('tile/entries/000', {}, 'sigill.example/nowhere'),
      get('tile/entries/000', reader, 'sigill.example/nowhere'),
    ];
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer');
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });

  it('are read with the token of the log they go on from', async () => {
    const answer = await get(`tile/entries/000.p/${NEXT_SIZE}`, reader, next.origin);
    const leaves = leavesOfBundle(Buffer.from(await answer.arrayBuffer()));
    expect(leaves).toEqual(next.seals.map((seal) => Buffer.from(leafHash(seal))));
  });

  it('come compressed to who can read that', async () => {
    const plain = await raw('tile/entries/000', { ...reader, 'accept-encoding': 'identity' });
    const none = await raw('tile/entries/000', { ...reader, 'accept-encoding': 'gzip;q=0' });
    const small = await raw('tile/entries/000', { ...reader, 'accept-encoding': 'br, gzip' });
    expect([plain.encoding, none.encoding, small.encoding]).toEqual([undefined, undefined, 'gzip']);
    expect(gunzipSync(small.body)).toEqual(plain.body);
    expect(small.tag).not.toBe(plain.tag);
  });

  function raw(path: string, headers: Record<string, string>) {
    return new Promise<{ encoding: unknown; tag: unknown; body: Buffer }>((resolve, reject) => {
      request(at(path), { headers }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        resolve({ encoding: answer.headers['content-encoding'], tag: answer.headers.etag, body });
      })
        .on('error', reject)
        .end();
    });
  }
});
