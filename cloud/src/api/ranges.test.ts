import { parsePolicy, parseRange } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCloud } from '../cloud.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';
import { judgeText } from '../testing/range-fixture.ts';
import { START } from '../testing/site-fixture.ts';

let fixture: CloudFixture;
let cloud: RunningCloud;

beforeAll(async () => {
  fixture = await createCloudFixture();
  cloud = await fixture.start();
  const { site } = fixture;
  const batches = [0, 1, 2, 3].map(() => site.agent.seal([{}, { device: 'gas' }, {}]));
  site.enter(...batches);
  await postBatches(cloud.url, site.origin, 0, batches);
  await fetch(`${cloud.url}/ingest/v1/receipt`, { method: 'POST', body: site.checkpoint() });
  await cloud.core.idle();
});
afterAll(() => fixture.dispose());

const get = (path: string, query: Record<string, string | number>) => {
  const words = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return fetch(`${cloud.url}/api/v1/${path}?${new URLSearchParams(words)}`);
};
const range = (query: Record<string, string | number> = {}) =>
  get('evidence/range', {
    ...{ agent: fixture.site.agent.name, source: 'house-17', from: START + 2000, to: START + 9000 },
    ...query,
  });
const completeness = (query: Record<string, string | number>) => get('completeness', query);

describe('the evidence of a range over HTTP', () => {
  it('is a file that the judge takes', async () => {
    const answer = await range();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/vnd.sigill+json');
    expect(answer.headers.get('content-disposition')).toContain('house-17-20260131T100002Z.sigill');
    const { verdict, open } = judgeText(await answer.text(), fixture.ledger.policy);
    expect(parsePolicy(fixture.ledger.policy).ledger).not.toBeNull();
    expect(open).toMatchObject({ anchored: 'NOT_ANCHORED' });
    expect(open).not.toHaveProperty('complete');
    expect(verdict.streams.map(({ device, count }) => [device, count])).toEqual([
      ['gas', 2],
      ['meter', 5],
    ]);
  });

  it('computes a number from it, and says in the file how', async () => {
    const assumptions = '{"device":"meter","register":"energy.import"}';
    const answer = await range({ device: 'meter', projection: 'consumption@v1', assumptions });
    const file = parseRange(await answer.text());
    expect(file).toMatchObject({
      kind: 'number',
      number: { value: '8.00', unit: 'kWh', projection: 'consumption@v1', assumptions },
    });
  });

  it.each([
    [{ from: START, to: START }, 400, 'REQUEST_FORM'],
    [{ from: -1 }, 400, 'REQUEST_FORM'],
    [{ agent: 'x' }, 400, 'REQUEST_FORM'],
    [{ source: 'nowhere' }, 404, 'RANGE_EMPTY'],
    [{ agent: '00'.repeat(16) }, 409, 'EVIDENCE_PENDING'],
    [{ projection: 'magic@v1' }, 404, 'PROJECTION_UNKNOWN'],
    [{ projection: 'consumption@v1' }, 422, 'PROJECTION_REFUSED'],
    [
      { projection: 'consumption@v1', assumptions: '{"device":"meter","register":"no"}' },
      422,
      'PROJECTION_REFUSED',
    ],
  ])('refuses %j with %i %s', async (query, status, code) => {
    const answer = await range(query as Record<string, string | number>);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

describe('completeness over HTTP', () => {
  const day = { from: START, to: START + 1 };

  it('tells n of n for each stream of a source, or of an agent', async () => {
    const answer = await completeness({ source: 'house-17', ...day });
    const { streams } = (await answer.json()) as { streams: { steps: object[] }[] };
    expect(streams).toMatchObject([
      { device: 'gas', source: 'house-17', steps: [{ count: 4, expected: 4, state: 'complete' }] },
      { device: 'meter', steps: [{ first: 0, last: 7, count: 8, missing: [], gaps: [] }] },
    ]);
    const { agent } = fixture.site;
    expect(
      await (await completeness({ agent: agent.name, ...day, step: 'month' })).json(),
    ).toMatchObject({ streams: [{ device: 'gas' }, { device: 'meter', steps: [{ count: 8 }] }] });
  });

  it.each([
    [{ ...day }],
    [{ source: 'house-17', from: START, to: START }],
    [{ source: 'house-17', from: 0, to: START }],
    [{ source: 'house-17', ...day, step: 'hour' }],
  ])('refuses %j', async (query) => {
    const answer = await completeness(query);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'REQUEST_FORM' }),
    ]);
  });
});
