import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToldStatus } from '../status.ts';
import { makePassword } from './password-file.ts';
import { NOW, READINGS, SICK, STUCK, WELL } from './status-fixture.ts';
import { type StatusServer, startStatusServer } from './status-server.ts';

let directory: string;
let password: string;
let server: StatusServer | null;
let now = NOW;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sigill-status-'));
  password = await makePassword(join(directory, 'password'));
  server = null;
  now = NOW;
});
afterEach(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true });
});

async function start(status: ToldStatus = WELL, tls = false): Promise<string> {
  server = await startStatusServer({
    config: {
      ...{ host: '127.0.0.1', port: 0, passwordFile: join(directory, 'password') },
      tls: tls
        ? { key: join(directory, 'key.pem'), certificate: join(directory, 'page.crt') }
        : null,
    },
    name: 'house-17-gateway',
    names: ['house-17-gateway.local'],
    status: () => status,
    readings: () => READINGS,
    examine: async () => [
      {
        id: 'ports',
        title: 'Ports',
        findings: [{ status: 'fault', found: 'gone', why: 'no readings', remedy: 'plug it in' }],
      },
    ],
    now: () => now,
  });
  return server.url;
}

const submit = (url: string, given: string) =>
  fetch(`${url}login`, {
    method: 'POST',
    body: new URLSearchParams({ password: given }),
    redirect: 'manual',
  });

async function logIn(url: string): Promise<string> {
  const answer = await submit(url, password);
  expect(answer.status).toBe(303);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

describe('the page of a gateway', () => {
  it('shows nothing of the box before the password is given', async () => {
    const url = await start(SICK);
    const page = await (await fetch(url)).text();
    expect(page).toContain('type="password"');
    expect(page).not.toContain('ModemManager');
    expect((await fetch(`${url}live`)).status).toBe(401);
    expect((await fetch(`${url}doctor`, { redirect: 'manual' })).status).toBe(303);
  });

  it('tells sources with their reasons, what waits, and what needs somebody', async () => {
    const url = await start(SICK);
    const cookie = await logIn(url);
    const page = await (await fetch(url, { headers: { cookie } })).text();
    expect(page).toContain('Somebody is needed');
    expect(page).toContain('held by ModemManager (process 512)');
    expect(page).toContain('The cloud is away');
    expect(page).toContain('power.import 2.718 kW');
  });

  it('says so when all is well, in Swedish to a Swedish phone', async () => {
    const url = await start();
    const cookie = await logIn(url);
    const swedish = { cookie, 'accept-language': 'sv-SE,sv;q=0.9,en;q=0.8' };
    expect(await (await fetch(url, { headers: swedish })).text()).toContain('Allt är väl');
  });

  it('tells a log that can grow no more, with the digits of its next one to be read aloud', async () => {
    const url = await start(STUCK);
    const page = await (await fetch(url, { headers: { cookie: await logIn(url) } })).text();
    expect(page).toContain('Somebody is needed');
    expect(page).toContain('new-generation');
    expect(page).toContain('waits for the operator since');
    expect(page).toContain('<strong class="digits">6f1c 09aa 41d7 e3b2</strong>');
  });

  it('says in the reader’s language what an alarm is about, and marks the rest as English', async () => {
    const url = await start(SICK);
    const swedish = { cookie: await logIn(url), 'accept-language': 'sv' };
    const page = await (await fetch(url, { headers: swedish })).text();
    expect(page).toContain(
      '<strong>Ett kort har kopierats eller återställts</strong><br><span lang="en">agent &lt;b&gt;41ab',
    );
  });

  it('tells which log of its site it is, and where it was closed', async () => {
    const closed = { size: 812, cause: 'the card <i>died</i>' };
    const url = await start({ ...WELL, record: { slot: 9, rev: 3, generation: 2, closed } });
    const page = await (await fetch(url, { headers: { cookie: await logIn(url) } })).text();
    expect(page).toContain('generation 2');
    expect(page).toContain('for ever, at 812: the card &lt;i&gt;died&lt;/i&gt;');
  });

  it('never lets what a device or a peer says become part of the page', async () => {
    const url = await start(SICK);
    const cookie = await logIn(url);
    const page = await (await fetch(url, { headers: { cookie } })).text();
    expect(page).toContain('agent &lt;b&gt;41ab&lt;/b&gt;');
    expect(page).not.toContain('<b>41ab');
  });

  it('refuses a wrong password, and after some of them every one for a minute', async () => {
    const url = await start();
    expect((await submit(url, 'wrong')).status).toBe(401);
    for (let n = 0; n < 8; n += 1) await submit(url, 'wrong');
    expect((await submit(url, password)).status).toBe(429);
    now += 61_000;
    expect((await submit(url, password)).status).toBe(303);
  });

  it('forgets who logs out, and everyone after a working day', async () => {
    const url = await start();
    const cookie = await logIn(url);
    await fetch(`${url}logout`, { method: 'POST', headers: { cookie }, redirect: 'manual' });
    expect((await fetch(`${url}live`, { headers: { cookie } })).status).toBe(401);
    const again = await logIn(url);
    expect((await fetch(`${url}live`, { headers: { cookie: again } })).status).toBe(200);
    now += 11 * 3_600_000;
    expect((await fetch(`${url}live`, { headers: { cookie: again } })).status).toBe(401);
  });

  it('lets no other site act for who is logged in, and no frame hold it', async () => {
    const url = await start();
    const answer = await fetch(`${url}logout`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('examines the box, the worst first', async () => {
    const url = await start();
    const cookie = await logIn(url);
    const page = await (await fetch(`${url}doctor`, { headers: { cookie } })).text();
    expect(page).toContain('<code>plug it in</code>');
  });

  it('speaks TLS with a certificate it made itself', async () => {
    const url = await start(WELL, true);
    expect(server?.pin).toMatch(/^sha256\//);
    const status = await new Promise((resolve, reject) => {
      request(url, { rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});
