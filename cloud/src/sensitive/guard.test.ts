/** A wolf's collar, seen by everybody and by who may see more. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDecimal, parseDecimal, parseEvidence } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCloud } from '../cloud.ts';
import { makeLink } from '../operator/links.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';
import { START } from '../testing/site-fixture.ts';

const TOKEN = 'q8WmB2nq0Xo7m1c9Zt5yK4r3V6u8s0Aa';
const SECRET = '63.4181234';
const latitude = {
  name: 'position.latitude',
  value: parseDecimal(SECRET),
  unit: 'lat',
  code: null,
};
const longitude = {
  name: 'position.longitude',
  value: parseDecimal('12.09'),
  unit: 'lon',
  code: null,
};
const cell = { name: 'cell.id', value: '1601:132:140', unit: null, code: null };
const twin = {
  source: 'wolf~cell',
  device: 'w-1',
  kind: 'position',
  origin: { driver: 'sigill', frameHash: null },
  fields: [cell],
};
const fix = { source: 'wolf', device: 'w-1', kind: 'position', fields: [latitude, longitude] };
const weather = { source: 'weather', device: '' };

let fixture: CloudFixture;
let cloud: RunningCloud;
let agent: string;
let cookie: string;

beforeAll(async () => {
  fixture = await createCloudFixture('tiles: { token: readers }\n');
  await writeFile(join(fixture.directory, 'readers'), `${fixture.site.origin} ${TOKEN}\n`, {
    mode: 0o600,
  });
  cloud = await fixture.start();
  const { site } = fixture;
  agent = site.agent.name;
  const announced = { ...twin, device: '', kind: 'heartbeat', fields: [] };
  const batches = [site.agent.seal([announced, fix, weather]), site.agent.seal([twin])];
  site.enter(...batches);
  await postBatches(cloud.url, site.origin, 0, batches);
  await fetch(`${cloud.url}/ingest/v1/receipt`, {
    method: 'POST',
    body: site.checkpoint(),
    headers: { 'content-type': 'text/plain' },
  });
  await cloud.core.idle();
  cookie = await signIn();
});
afterAll(() => fixture.dispose());

async function signIn(): Promise<string> {
  const token = await makeLink(join(fixture.directory, 'data'), Date.now());
  const answer = await fetch(`${cloud.url}/operator/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

const stream = () => `agent=${agent}&source=wolf&device=w-1`;
const routes = () => ({
  streams: '/api/v1/streams',
  readings: '/api/v1/readings',
  'readings of it': `/api/v1/readings?${stream()}`,
  series: `/api/v1/series?${stream()}&field=position.latitude&from=0&to=${START * 2}`,
  evidence: `/api/v1/evidence/${agent}/1`,
  range: `/api/v1/evidence/range?${stream()}&from=${START}&to=${START + 10_000}`,
  completeness: `/api/v1/completeness?agent=${agent}&from=${START}&to=${START + 86_400_000}`,
});
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${cloud.url}${path}`, { headers });

// biome-ignore lint/suspicious/noExplicitAny: whatever shape the server gives is what is tested
const json = async (answer: Response): Promise<any> => answer.json();

describe('whoever asks without a right', () => {
  it('is told nothing of the exact stream by any route', async () => {
    for (const [name, path] of Object.entries(routes())) {
      const text = await (await get(path)).text();
      expect(text, name).not.toContain(SECRET);
      expect(text, name).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 8));
      expect(text, name).not.toContain('"source":"wolf"');
      expect(text, name).not.toContain('"source":"weather"');
    }
  });

  it('is shown the cells, their readings and their evidence', async () => {
    const streams = await json(await get('/api/v1/streams'));
    expect(streams.streams.map(({ source }: { source: string }) => source)).toEqual([
      'wolf~cell',
      'wolf~cell',
    ]);
    const { readings, next } = await json(await get('/api/v1/readings?limit=1'));
    expect(readings).toMatchObject([{ source: 'wolf~cell', kind: 'position' }]);
    expect(next).toMatch(new RegExp(`^${START + 3000}\\.3\\.`)); // the place of the twin, and of nothing else
    const file = parseEvidence(await (await get(`/api/v1/evidence/${agent}/3`)).text());
    expect(file.readings).toHaveLength(1);
  });

  it.each(['series', 'evidence', 'range'] as const)(
    'is refused %s, with the reason',
    async (name) => {
      const answer = await get(routes()[name]);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({
        code: 'POSITION_WITHHELD',
        detail: expect.stringContaining('~cell'),
      });
    },
  );

  it('is refused ranges of cells too: their headers tell when everything else was sealed', async () => {
    const path = `/api/v1/evidence/range?agent=${agent}&source=wolf~cell&from=${START}&to=${START + 10_000}`;
    expect((await get(path)).status).toBe(403);
  });

  it('is not helped by a wrong token, another site’s, or a made-up session', async () => {
    for (const headers of [{ authorization: `Bearer ${TOKEN}x` }, { cookie: 'sigill_operator=x' }])
      expect((await get(routes().evidence, headers)).status).toBe(403);
  });

  it('learns nothing of what numbers there are', async () => {
    const answers = await Promise.all(
      [1, 2, 99].map((seq) => get(`/api/v1/evidence/${agent}/${seq}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  it('hears of cells alone while it listens', async () => {
    const heard = await eventsUntil({}, 'wolf~cell');
    expect(heard).not.toContain(SECRET);
    expect(heard).not.toContain('"source":"weather"');
  });
});

describe('who has a right', () => {
  it.each([
    ['a token for the log', () => ({ authorization: `Bearer ${TOKEN}` })],
    ['an operator’s session', () => ({ cookie })],
  ])('by %s sees everything, and nobody keeps it', async (_, headersOf) => {
    const headers: Record<string, string> = headersOf();
    for (const [name, path] of Object.entries(routes())) {
      const answer = await get(path, headers);
      expect(answer.status, name).toBe(200);
      expect(answer.headers.get('cache-control'), name).toBe('no-store');
    }
    const { readings } = await json(await get(routes()['readings of it'], headers));
    expect(readings[0].fields[0].value).toBe(formatDecimal(latitude.value));
    expect(await eventsUntil(headers, '"source":"weather"')).toContain(SECRET);
  });
});

describe('the guard', () => {
  it('knows them again after a restart, before anything comes', async () => {
    cloud = await fixture.start();
    expect((await get(routes().evidence)).status).toBe(403);
    expect(await (await get(routes().readings)).text()).not.toContain(SECRET);
  });
});

let entered = 2;
/** What is told while two more batches come. */
async function eventsUntil(headers: Record<string, string>, part: string): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(`${cloud.url}/api/v1/events`, { headers, signal: stop.signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { site } = fixture;
  const batches = [site.agent.seal([fix, weather]), site.agent.seal([twin])];
  site.enter(...batches);
  await postBatches(cloud.url, site.origin, entered, batches);
  entered += batches.length;
  let text = '';
  while (!text.includes(part) || !text.includes('watermarks')) {
    const step = await reader.read();
    if (step.done) break;
    text += step.value;
  }
  stop.abort();
  return text;
}
