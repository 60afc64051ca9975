import { request } from 'node:http';
import { parseEvidence, toBase64 } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCloud } from '../cloud.ts';
import type { AnchorBundle } from '../ingest/anchor-bundle.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';
import { type FixtureBatch, START } from '../testing/site-fixture.ts';

let fixture: CloudFixture;
let cloud: RunningCloud;
let batches: FixtureBatch[];

beforeAll(async () => {
  fixture = await createCloudFixture();
  cloud = await fixture.start();
  const { site } = fixture;
  batches = [
    site.agent.seal([{}, {}, {}]),
    site.agent.seal([{}, { kind: 'heartbeat', fields: [] }]),
  ];
  site.enter(...batches);
  await postBatches(cloud.url, site.origin, 0, batches);
  await cloud.core.idle();
});
afterAll(() => fixture.dispose());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${cloud.url}${path}`, { headers });
// biome-ignore lint/suspicious/noExplicitAny: whatever shape the server gives is what is tested
const json = async (path: string): Promise<any> => (await get(path)).json();
const post = (path: string, type: string, body: string) =>
  fetch(`${cloud.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });

describe('what is not believed', () => {
  it('is listed with its reason, and the alarms beside it', async () => {
    const other = await createCloudFixture();
    const served = await other.start();
    const { site } = other;
    const bytes = site.agent.seal([{}]).bytes.slice();
    bytes[bytes.length - 3]! ^= 1; // within the reading's salt: the seal can still be read
    await postBatches(served.url, site.origin, 0, [{ bytes }]);
    const answer = await fetch(`${served.url}/api/v1/quarantine?origin=${site.origin}`);
    expect(await answer.json()).toEqual({
      quarantined: [{ entry: 0, code: 'BATCH_ROOT', detail: expect.stringContaining('root') }],
    });
    expect(await (await fetch(`${served.url}/api/v1/alarms`)).json()).toEqual({ alarms: [] });
    await other.dispose();
  });
});

describe('who calls it', () => {
  const statusUnder = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(cloud.url);
      request({ host: '127.0.0.1', port, path: '/health', headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });

  it('is answered under this machine’s own names alone', async () => {
    for (const name of ['localhost', 'LOCALHOST:7445', '127.0.0.1:1', '[::1]:7445'])
      expect(await statusUnder(name), name).toBe(200);
    for (const name of ['rebound.example', 'rebound.example:7445', '127.0.0.1.example', '10.0.0.1'])
      expect(await statusUnder(name), name).toBe(421);
  });
});

describe('the dashboards’ API', () => {
  it('tells the status', async () => {
    expect(await json('/api/v1/status')).toMatchObject({
      demonstration: true,
      version: expect.stringMatching(/^\d/),
      origins: [
        { origin: fixture.site.origin, sealed: 2, logged: 0, witnessed: 0, anchored: 0, final: 0 },
      ],
      ledger: {
        rpc: 'http://127.0.0.1:7446',
        chainId: 0x516711,
        contract: expect.stringMatching(/^0x[0-9a-f]{40}$/),
      },
    });
  });

  it('lists streams with their newest values', async () => {
    expect(await json('/api/v1/streams')).toEqual({
      streams: [
        {
          agent: fixture.site.agent.name,
          source: 'house-17',
          device: 'meter',
          kind: 'meter',
          origin: fixture.site.origin,
          fields: [{ name: 'energy.import', unit: 'kWh', value: '3.50', time: START + 3000 }],
          latest: { seq: 4, n: 4, time: START + 4000, entry: 1 },
        },
      ],
    });
  });

  it('draws a series', async () => {
    const name = `agent=${fixture.site.agent.name}&source=house-17&device=meter`;
    const query = `${name}&field=energy.import&from=${START}&to=${START + 3000}&points=100`;
    expect(await json(`/api/v1/series?${query}`)).toEqual({
      unit: 'kWh',
      times: [START, START + 1000, START + 2000],
      values: [0.5, 1.5, 2.5],
      low: [0.5, 1.5, 2.5],
      high: [0.5, 1.5, 2.5],
    });
    const unknown = await get(`/api/v1/series?${query.replace('energy.import', 'power')}`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'SERIES_UNKNOWN' });
  });

  it('lists readings newest first, page by page, as they were sealed', async () => {
    const first = await json('/api/v1/readings?limit=2');
    expect(first.readings.map(({ seq }: { seq: number }) => seq)).toEqual([4, 3]);
    expect(first.readings[1]).toEqual({
      agent: fixture.site.agent.name,
      seq: 3,
      origin: fixture.site.origin,
      n: 3,
      source: 'house-17',
      device: 'meter',
      kind: 'meter',
      time: START + 3000,
      entry: 1,
      state: 'sealed',
      fields: [{ name: 'energy.import', value: '3.50', unit: 'kWh', code: '1-0:1.8.0' }],
    });
    const second = await json(`/api/v1/readings?limit=5&before=${first.next}`);
    expect(second.readings.map(({ seq }: { seq: number }) => seq)).toEqual([2, 1, 0]);
    expect(second.next).toBeNull();
    expect((await json(`/api/v1/readings?source=shed`)).readings).toEqual([]);
  });

  it.each([
    '/api/v1/readings?limit=0',
    '/api/v1/readings?limit=5000',
    '/api/v1/readings?before=yesterday',
    '/api/v1/readings?agent=AB',
    '/api/v1/series?agent=00',
    '/api/v1/evidence/zz/1',
    '/api/v1/evidence/00000000000000000000000000000000/-1',
    '/ingest/v1/state',
  ])('refuses %s with a problem document', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({
      type: 'urn:sigill:error:REQUEST_FORM',
      code: 'REQUEST_FORM',
      status: 400,
    });
  });

  it('gives the policy as it stands', async () => {
    const answer = await get('/api/v1/policy');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.text()).toBe(fixture.ledger.policy);
  });

  it('describes itself', async () => {
    const { paths } = await json('/api/openapi.json');
    expect(Object.keys(paths)).toContain('/api/v1/evidence/{agent}/{seq}');
    const docs = await get('/api/docs/');
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('answers what it does not know with a problem document', async () => {
    const answer = await get('/api/v1/nothing');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the pages', () => {
  it('come with headers that refuse what is not ours, and allow the ledger', async () => {
    const answer = await get('/');
    expect(await answer.text()).toContain('<title>app</title>');
    const policy = String(answer.headers.get('content-security-policy'));
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:7446;");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('never leave their directory', async () => {
    for (const path of ['/../cloud.yaml', '/%2e%2e/cloud.yaml', '/..%2fcloud.yaml', '/.%00']) {
      expect((await get(path)).status).not.toBe(200);
    }
  });
});

describe('care', () => {
  it('is told health and metrics', async () => {
    expect(await json('/health')).toEqual({ status: 'ok', arrival: 2 });
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('sigill_readings_total 5');
    expect(metrics).toContain(`sigill_watermark{origin="${fixture.site.origin}",state="sealed"}`);
  });
});

describe('an alarm', () => {
  it('shows in the metrics', async () => {
    const { site } = fixture;
    const note = site.checkpoint(1);
    site.seals.reverse();
    const forked = await post('/ingest/v1/receipt', 'text/plain', site.checkpoint(1));
    site.seals.reverse();
    expect([forked.status, await forked.json()]).toMatchObject([
      422,
      { code: 'CHECKPOINT_ROOT', next: 0 },
    ]);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain(`sigill_alarms{origin="${site.origin}",code="CHECKPOINT_ROOT"} 1`);
    expect((await post('/ingest/v1/receipt', 'text/plain', note)).status).toBe(409);
    await postBatches(cloud.url, site.origin, 0, batches);
    await cloud.core.idle();
  });
});

describe('the gateway’s routes', () => {
  it('refuse what is not of their form', async () => {
    const bad = await post('/ingest/v1/batches', 'application/cbor', 'hello');
    expect([bad.status, await bad.json()]).toMatchObject([400, { code: 'REQUEST_FORM' }]);
    expect((await post('/ingest/v1/batches', 'application/json', '[]')).status).toBe(400);
    expect((await post('/ingest/v1/batches', 'image/png', 'x')).status).toBe(415);
    expect((await post('/ingest/v1/receipt', 'text/plain', 'hello')).status).toBe(400);
    expect((await post('/ingest/v1/receipt', 'text/plain', 'x'.repeat(200_000))).status).toBe(413);
    expect((await post('/ingest/v1/anchors', 'application/json', '{"a":1}')).status).toBe(400);
    expect((await post('/witness/add-checkpoint', 'text/plain', 'hello')).status).toBe(400);
  });

  it('tell with 409 what is expected', async () => {
    const { site } = fixture;
    const answer = await postBatches(cloud.url, site.origin, 7, []);
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'ENTRIES_MISSING', next: 2 },
    ]);
  });

  it('go from batch to receipt, cosignature, anchor and evidence', async () => {
    const { site, ledger } = fixture;
    const path = `/api/v1/evidence/${site.agent.name}/1`;
    const early = await get(path);
    expect([early.status, await early.json()]).toMatchObject([409, { code: 'EVIDENCE_PENDING' }]);
    expect((await get(`/api/v1/evidence/${site.agent.name}/77`)).status).toBe(404);

    const note = site.checkpoint();
    const receipt = await post('/ingest/v1/receipt', 'text/plain', note);
    expect(await receipt.json()).toEqual({
      origin: site.origin,
      size: 2,
      root: toBase64(site.root(2)),
    });
    const cosignature = await post(
      '/witness/add-checkpoint',
      'text/plain',
      site.addCheckpoint(0, note),
    );
    const line = await cosignature.text();
    expect([cosignature.status, line]).toMatchObject([200, expect.stringMatching(/^— \S+ \S+\n$/)]);
    const again = await post('/witness/add-checkpoint', 'text/plain', site.addCheckpoint(0, note));
    expect([again.status, again.headers.get('content-type'), await again.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '2\n',
    ]);
    const newest = await get(`/witness/checkpoint?origin=${encodeURIComponent(site.origin)}`);
    expect(await newest.text()).toBe(note + line);

    expect(await anchored(ledger.anchor(note + line))).toEqual({ mined: 1, final: 0 });
    expect(await anchored(ledger.final(0))).toEqual({ mined: 1, final: 1 });
    expect(await json(`/ingest/v1/state?origin=${encodeURIComponent(site.origin)}`)).toEqual({
      next: 2,
      checkpointSize: 2,
      checkpoint: note + line,
      anchors: { mined: 1, final: 1 },
      beacon: null,
    });
    const file = await get(path);
    expect(file.headers.get('content-type')).toContain('application/vnd.sigill+json');
    expect(parseEvidence(await file.text()).anchors?.size).toBe(1);
    const { readings } = await json('/api/v1/readings');
    expect(readings[0].state).toBe('final');
  });
});

async function anchored(bundle: AnchorBundle): Promise<unknown> {
  const text = JSON.stringify(bundle, (key, value) => {
    if (!(value instanceof Uint8Array)) return value;
    return key === 'contract' ? `0x${Buffer.from(value).toString('hex')}` : toBase64(value);
  });
  const body = JSON.parse(text);
  if (body.ledger !== null) body.ledger.blockNumber = 1;
  return (await post('/ingest/v1/anchors', 'application/json', JSON.stringify(body))).json();
}
