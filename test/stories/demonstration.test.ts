/**
 * A newcomer types `npm start`, looks, presses Ctrl-C, and comes back the next day.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningDemo, startDemo } from '../testing/demo-process.ts';
import { listeningAddresses } from '../testing/listening.ts';
import { eventually, freePort } from '../testing/waiting.ts';

const LOOPBACK = /^(0100007F|00000000000000000000000001000000):/;
const READY_MS = 60_000;

interface Status {
  readonly demonstration: boolean;
  readonly origins: readonly { readonly sealed: number; readonly final: number }[];
}

describe('the demonstration', () => {
  let demo: RunningDemo;
  let options: { data: string; port: number; ledgerPort: number };
  let url: string;
  let before: Status;

  beforeAll(async () => {
    const data = await mkdtemp(join(tmpdir(), 'sigill-demo-'));
    options = { data, port: await freePort(), ledgerPort: await freePort() };
    url = `http://127.0.0.1:${options.port}`;
    demo = startDemo(options);
    await eventually('it prints its address', async () => demo.said().includes(url), READY_MS);
  }, 90_000);

  afterAll(async () => {
    demo?.signalAll('SIGKILL');
    await rm(options.data, { recursive: true, force: true });
  });

  const status = async () => (await (await fetch(`${url}/api/v1/status`)).json()) as Status;

  it('says what it is, and serves a page', async () => {
    expect(demo.said()).toMatch(/demonstration on this machine \(127\.0\.0\.1 only\)/);
    expect((await status()).demonstration).toBe(true);
    expect(await (await fetch(url)).text()).toContain('<title>Sigill');
  });

  it('listens on the loopback address alone', () => {
    const addresses = listeningAddresses(demo.left());
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    expect(addresses.filter((address) => !LOOPBACK.test(address))).toEqual([]);
  });

  it('tells in one sentence that a port is in use, and the way out', async () => {
    const other = startDemo({ ...options, data: `${options.data}-other` });
    expect(await other.ended).toBe(3);
    expect(other.said()).toContain(
      `Port ${options.port} on 127.0.0.1 is in use, perhaps by another demonstration. Stop it, or choose another port: npm start -- --port`,
    );
  });

  it('stops at Ctrl-C and leaves no process', async () => {
    before = await eventually(
      'an anchor is final',
      async () => {
        const now = await status();
        return (now.origins[0]?.final ?? 0) > 0 ? now : null;
      },
      READY_MS,
    );
    demo.signalAll('SIGINT'); // a terminal sends it to every process in the foreground
    expect(await demo.ended).toBe(0);
    expect(demo.said()).toContain('Nothing is left running');
    expect(demo.left()).toEqual([]);
  }, 90_000);

  it('goes on with the same data at the second start, the ledger included', async () => {
    demo = startDemo(options);
    await eventually(
      'more is final than before',
      async () => {
        const [now, then] = [(await status()).origins[0]!, before.origins[0]!];
        return now.sealed > then.sealed && now.final > then.sealed;
      },
      READY_MS,
    );
    expect(demo.said()).not.toContain('keys, records and policy made');
  }, 90_000);
});
