import { describe, expect, it } from 'vitest';
import { AGENT, reading, stream } from '../../testing/page-fixture.ts';
import { createApi } from './client.ts';

const answering = (body: unknown, status = 200) => {
  const asked: string[] = [];
  const api = createApi(async (url) => {
    asked.push(url);
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  });
  return { api, asked };
};

describe('the API client', () => {
  it('asks for the readings of one stream, newest first, up to a time', async () => {
    const { api, asked } = answering({ readings: [reading(3)] });
    const odd = stream({ device: 'a b&c' });
    expect(await api.readings({ stream: odd, to: 5, limit: 2 })).toEqual([reading(3)]);
    expect(asked).toEqual([
      `/api/v1/readings?agent=${AGENT}&source=house-17&device=a+b%26c&to=5&limit=2`,
    ]);
  });

  it('hands the evidence over as the bytes that came', async () => {
    const { api, asked } = answering('{"format":"sigill-evidence@v1"}');
    expect(new TextDecoder().decode(await api.evidence(AGENT, 7))).toContain('sigill-evidence');
    expect(asked).toEqual([`/api/v1/evidence/${AGENT}/7`]);
  });

  it('tells evidence that is not there from evidence that is not ready', async () => {
    const missing = answering({ detail: 'no such reading' }, 404);
    await expect(missing.api.evidence(AGENT, 7)).rejects.toMatchObject({
      code: 'EVIDENCE_NOT_FOUND',
      message: 'no such reading',
    });
    const early = answering({ title: 'not logged yet' }, 409);
    await expect(early.api.evidence(AGENT, 7)).rejects.toMatchObject({
      code: 'EVIDENCE_NOT_READY',
      message: 'not logged yet',
    });
  });

  it('says so when nobody answers, when the answer is a fault, and when it is no JSON', async () => {
    const deaf = createApi(() => Promise.reject(new TypeError('failed to fetch')));
    await expect(deaf.status()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    const faulty = answering('<h1>oops</h1>', 502);
    await expect(faulty.api.status()).rejects.toMatchObject({
      code: 'SERVER_PROBLEM',
      message: 'HTTP 502',
    });
    const confused = answering('<h1>hello</h1>');
    await expect(confused.api.status()).rejects.toMatchObject({ code: 'SERVER_ANSWER' });
  });
});
