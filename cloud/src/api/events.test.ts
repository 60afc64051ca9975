import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningCloud } from '../cloud.ts';
import { type CloudFixture, createCloudFixture, postBatches } from '../testing/cloud-fixture.ts';

let fixture: CloudFixture;
let cloud: RunningCloud;
beforeEach(async () => {
  fixture = await createCloudFixture();
  cloud = await fixture.start();
});
afterEach(() => fixture.dispose());

interface Line {
  text: string;
  until(part: string): Promise<void>;
  close(): void;
}

async function listen(lastId?: string): Promise<Line> {
  const stop = new AbortController();
  const answer = await fetch(`${cloud.url}/api/v1/events`, {
    signal: stop.signal,
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const line: Line = {
    text: '',
    async until(part) {
      while (!line.text.includes(part)) {
        const step = await reader?.read();
        if (step === undefined || step.done) throw new Error(`ended before ${part}:\n${line.text}`);
        line.text += step.value;
      }
    },
    close: () => stop.abort(),
  };
  await line.until('retry:');
  return line;
}

let entered = 0;
beforeEach(() => {
  entered = 0;
});
async function send(): Promise<void> {
  const { site } = fixture;
  const batch = site.agent.seal([{}]);
  site.enter(batch);
  await postBatches(cloud.url, site.origin, entered++, [batch]);
}

describe('events', () => {
  it('tell readings and watermarks as they happen', async () => {
    const line = await listen();
    await send();
    await line.until('event: reading');
    await line.until('event: watermarks');
    await line.until('\n\n');
    const [, data] = /event: reading\ndata: (.*)\n/.exec(line.text) ?? [];
    expect(JSON.parse(data ?? '')).toMatchObject({
      agent: fixture.site.agent.name,
      seq: 0,
      entry: 0,
      state: 'sealed',
      fields: [{ name: 'energy.import', value: '0.50' }],
    });
    line.close();
  });

  it('go on after a lost line where it broke', async () => {
    const line = await listen();
    await send();
    await line.until('"seq":0');
    await line.until('"sealed":1');
    const id = [...line.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
    line.close();
    await send();
    await cloud.core.idle();
    const again = await listen(id);
    await again.until('"seq":1');
    expect(again.text).not.toContain('"seq":0');
    expect(again.text).not.toContain('event: missed');
    again.close();
  });

  it('tell a client from before a restart to fetch again', async () => {
    const line = await listen();
    await send();
    await line.until('"seq":0');
    const id = /^id: (.*)$/m.exec(line.text)?.[1];
    line.close();
    cloud = await fixture.start();
    const again = await listen(id);
    await again.until('event: missed\ndata: {"events":null}');
    again.close();
  });

  it('end when the server stops', async () => {
    const line = await listen();
    const ended = line.until('never said').catch((error: Error) => error.message);
    await fixture.start();
    expect(await ended).toMatch(/ended before|terminated/);
  });
});
