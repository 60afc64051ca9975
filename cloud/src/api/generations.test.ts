/** What a gateway asks over HTTP when its log was closed. */
import {
  CborReader,
  createSign1,
  encodeCbor,
  fromBase64,
  readSlotRecord,
  toBase64,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningCloud } from '../cloud.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';
import type { FixtureSite } from '../testing/site-fixture.ts';

let fixture: CloudFixture;
let cloud: RunningCloud;
beforeEach(async () => {
  fixture = await createCloudFixture();
  cloud = await fixture.start();
});
afterEach(() => fixture.dispose());

const bodyOf = async (answer: Response) => JSON.parse(await answer.text());
const json = async (path: string) => bodyOf(await fetch(`${cloud.url}${path}`));

async function bring(record: Uint8Array): Promise<Response> {
  return fetch(`${cloud.url}/enroll/v1/records`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ record: toBase64(record) }),
  });
}

async function askHeads(site: FixtureSite, from: number): Promise<Response> {
  const { nonce } = await json('/ingest/v1/challenge');
  const path = `/ingest/v1/heads?origin=${encodeURIComponent(site.origin)}&from=${from}`;
  const signed = createSign1(encodeCbor(['sigill.request.1', nonce, path]), site.log);
  const headers = { 'x-sigill-request': toBase64(signed) };
  return fetch(`${cloud.url}${path}`, { headers });
}

async function sendOne(site: FixtureSite): Promise<void> {
  const batch = site.agent.seal([{}, {}]);
  const index = site.seals.length;
  site.enter(batch);
  await postBatches(cloud.url, site.origin, index, [batch]);
  await cloud.core.idle();
}

describe('a gateway whose log was closed', () => {
  it('finds the records that go on from it, oldest first, among those of its slot', async () => {
    const { site } = fixture;
    expect(await json('/enroll/v1/records/1')).toMatchObject({ newest: 0, next: [] });
    const second = site.continue();
    for (const one of [site, second]) expect((await bring(one.slotRecord())).status).toBe(200);
    const third = second.continue();
    for (const one of [second, third]) expect((await bring(one.slotRecord())).status).toBe(200);
    const { newest, next } = await json('/enroll/v1/records/1?from=1');
    expect(newest).toBe(1);
    const records = next.map((one: string) => readSlotRecord(fromBase64(one)).record);
    expect(records).toMatchObject([
      { slot: 2, rev: 0, closed: null },
      { slot: 2, rev: 1, closed: { size: 0 } },
      { slot: 3, rev: 0, origin: `${site.origin}/3` },
    ]);
  });

  it('is refused a next log whose closing record is not here, and a second one', async () => {
    const { site } = fixture;
    const next = site.continue();
    const early = await bring(next.slotRecord());
    expect([early.status, (await bodyOf(early)).code]).toEqual([400, 'RECORD_CHAIN']);
    await bring(site.slotRecord());
    expect((await bring(next.slotRecord())).status).toBe(200);
  });

  it('is told what its next log goes on from, as CBOR', async () => {
    const { site } = fixture;
    await sendOne(site);
    const answer = await askHeads(site, 0);
    expect(answer.headers.get('content-type')).toContain('application/cbor');
    const reader = new CborReader(new Uint8Array(await answer.arrayBuffer()));
    reader.tuple(5);
    expect([reader.uint(), reader.fixedBytes(32)]).toEqual([1, site.root(1)]);
    expect(reader.nullable(() => reader.text())).toBeNull();
    expect([reader.array(), reader.array()]).toEqual([0, 1]);
    reader.tuple(5);
    expect([reader.text(), reader.bytes()]).toEqual([site.origin, site.seals[0]]);
    expect([reader.uint(), reader.array(), reader.array()]).toEqual([0, 0, 1]);
    reader.tuple(3);
    expect([reader.text(), reader.text(), reader.uint()]).toEqual(['house-17', 'meter', 2]);
    reader.end();
  });

  it.each([
    [7, 409, 'ENTRIES_MISSING'],
    [-1, 400, 'REQUEST_FORM'],
  ])('is refused from %i', async (from, status, code) => {
    await sendOne(fixture.site);
    const answer = await askHeads(fixture.site, from);
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([status, code]);
  });

  it('is refused when it signs nothing', async () => {
    const path = `/ingest/v1/heads?origin=${encodeURIComponent(fixture.site.origin)}&from=0`;
    const answer = await fetch(`${cloud.url}${path}`);
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([400, 'REQUEST_FORM']);
  });

  it('brings no more entries', async () => {
    const { site } = fixture;
    site.continue();
    await bring(site.slotRecord());
    const answer = await postBatches(cloud.url, site.origin, 0, [site.agent.seal([{}])]);
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([403, 'ORIGIN_CLOSED']);
  });
});
