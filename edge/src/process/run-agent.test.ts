import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentId, decodeSeal, originHash, toHex } from '@sigill/evidence';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { downTopic, upTopic } from '../link/messages.ts';
import { type Log, silentLog } from '../log.ts';
import { createUplinkGateway, headOf, type UplinkGateway } from '../uplink/gateway-fake.ts';
import { initAgent } from './init-agent.ts';
import { type RunningAgent, runAgent } from './run-agent.ts';
import { createSite } from './site-fixture.ts';

let directory: string;
let file: string;
let gateway: UplinkGateway;
let site: ReturnType<typeof createSite>;
let broker: Awaited<ReturnType<typeof startBroker>>;
const running: RunningAgent[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sigill-agent-'));
  file = join(directory, 'agent.yaml');
  gateway = createUplinkGateway();
  const { agentKey } = initAgent({ directory, name: 'shed-3', sources: [] });
  broker = await startBroker(gateway, toHex(agentId(agentKey)));
  const { origin, publicKey } = gateway.log.name;
  site = createSite(origin, publicKey);
  site.write(directory, site.record([{ key: agentKey, state: 'active' }]));
  enroll(origin);
});
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.stop();
  await broker.close();
  rmSync(directory, { recursive: true });
});

it('seals and sends to its gateway over MQTT, and goes on after a restart', async () => {
  const agent = await start();
  await until(() => receipted(agent) === 1);
  expect(gateway.helloes[0]).toMatchObject({ head: null, receiptSize: 0 });
  expect(agent.status()).toMatchObject({
    ...{ kind: 'agent', name: 'shed-3' },
    link: { state: 'open', reason: null },
    uplink: { state: 'idle' },
  });
  await agent.stop();
  running.splice(0);
  const second = await start();
  await until(() => receipted(second) >= 2);

  expect(gateway.numbers()).toEqual(gateway.taken.map((_, index) => index));
  expect(gateway.helloes.at(-1)!.receiptSize).toBeGreaterThan(0);
});

it('sends again over a new connection when the broker goes and comes back', async () => {
  const agent = await start();
  await until(() => receipted(agent) === 1);
  broker.cut();
  await until(() => gateway.helloes.length >= 2 && agent.status().link.state === 'open');
});

it('begins anew, by itself, after what the gateway holds', async () => {
  const stranger = { batch: 9, headerHash: new Uint8Array(32).fill(9), nextSeq: 77 };
  const agent = await start();
  await until(() => receipted(agent) === 1);
  gateway.head = stranger;
  broker.cut();
  await until(() => agent.status().agent?.rollback?.afterBatch === 9);

  gateway.head = undefined;
  await until(() => gateway.numbers().includes(10));
});

it('goes on in the next log, by itself, when its gateway has the records of one', async () => {
  const said: string[] = [];
  const agent = await start(tellInto(said));
  await until(() => receipted(agent) === 1);
  const closed = gateway.log;
  nextLog();
  broker.cut();
  await until(() => receipted(agent) >= 2);

  const { origin } = gateway.log.name;
  expect(agent.status()).toMatchObject({ origin, agent: { held: null, rollback: null } });
  expect(gateway.helloes.at(-1)).toMatchObject({ receiptSize: 0, log: originHash(origin) });
  expect(gateway.numbers()).toEqual(gateway.taken.map((_, index) => index));
  expect(decodeSeal(gateway.taken.at(-1)!.seal).header.log).toEqual(originHash(origin));
  const files = readdirSync(join(directory, 'data'));
  expect(files.filter((name) => name.startsWith('site-log'))).toEqual(
    expect.arrayContaining(['site-log-checkpoint', 'site-log-checkpoint-1']),
  );
  const note = readFileSync(join(directory, 'data', 'site-log-checkpoint-1'), 'utf8');
  expect(note).toContain(closed.name.origin);
  expect(said.filter((line) => !line.includes('no way to the gateway'))).toEqual([
    expect.stringMatching(/closed the gateway’s log .* from here on this box seals for .*\/2/),
  ]);
});

it('sends the next log what it lacks of its receipts', async () => {
  const said: string[] = [];
  const agent = await start(tellInto(said));
  await until(() => receipted(agent) === 1);
  nextLog();
  gateway.inherited = null;
  broker.cut();
  await until(() => receipted(agent) >= 2);

  expect(gateway.log.entries.map(({ batch }) => batch).slice(0, 2)).toEqual([0, 1]);
  expect(said).toContainEqual(expect.stringMatching(/still on this card, and is sent again/));
});

it('that was away over two generations goes on in the newest, at its start', async () => {
  const agent = await start();
  await until(() => receipted(agent) === 1);
  await agent.stop();
  running.splice(0);
  nextLog();
  nextLog(3);
  const said: string[] = [];
  const later = await start(tellInto(said));
  await until(() => receipted(later) >= 2);

  expect(later.status().origin).toBe(gateway.log.name.origin);
  expect(readdirSync(directory)).toEqual(
    expect.arrayContaining(['gateway-1.record', 'gateway-2.record', 'gateway.record']),
  );
  expect(said).toHaveLength(1);
  const before = receipted(later);
  await later.stop();
  running.splice(0);
  const again = await start(tellInto(said));
  await until(() => receipted(again) > before);
  expect(said).toHaveLength(1);
});

it('takes up edits of its sources while it runs', async () => {
  const agent = await start();
  const text = readFileSync(file, 'utf8');
  const source = `sources:
  - { name: mast, driver: nmea0183, transport: { tcp: "127.0.0.1:1" } }
`;
  writeFileSync(file, text.replace('sources: []\n', source));
  await until(() => agent.status().sources.length === 1);
  expect(agent.status().sources[0]).toMatchObject({ source: 'mast' });
});

it('runs once in a data directory', async () => {
  await start();
  await expect(runAgent(file, silentLog)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
});

it('waits for its gateway’s first answer, and is stopped while it waits', async () => {
  await broker.close();
  const stop = new AbortController();
  const starting = runAgent(file, silentLog, stop.signal);
  setTimeout(() => stop.abort(), 200);
  await expect(starting).rejects.toMatchObject({ code: 'HEAD_NEEDED' });
}, 20_000);

it('that is not enrolled says what to run', async () => {
  const other = join(directory, 'other');
  initAgent({ directory: other, name: 'other', sources: [] });
  await expect(runAgent(join(other, 'agent.yaml'), silentLog)).rejects.toMatchObject({
    code: 'NOT_ENROLLED',
    message: expect.stringContaining(`sigill agent enroll URL CODE ${other}`),
  });
});

/** The gateway's log is closed where it stands, and another one continues it. */
function nextLog(number = 2): void {
  const inherited = headOf(gateway.log) ?? gateway.inherited;
  const log = gateway.log.next(number);
  const records = [...gateway.records, ...site.nextLog(log.name.publicKey)];
  Object.assign(gateway, { log, records, inherited });
}

function tellInto(said: string[]): Log {
  const tell = (_details: object, message: string) => void said.push(message);
  return { info: tell, warn: tell, error: tell };
}

async function start(log = silentLog): Promise<RunningAgent> {
  const agent = await runAgent(file, log);
  running.push(agent);
  return agent;
}

function enroll(origin: string): void {
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const text = readFileSync(file, 'utf8').replace('ageMs: 10000', 'ageMs: 100');
  writeFileSync(file, `origin: ${origin}\ngateway: { url: "${url}" }\n${text}`);
}

function receipted(agent: RunningAgent): number {
  return agent.status().agent?.position?.receiptedBefore ?? 0;
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A real broker before the gateway. */
async function startBroker(behind: UplinkGateway, agent: string) {
  const aedes = await Aedes.createBroker();
  const server: Server = createServer(aedes.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let wire: ReturnType<UplinkGateway['dial']> | null = null;
  aedes.on('subscribe', () => {
    wire = behind.dial({
      open: () => undefined,
      message: (payload) =>
        aedes.publish(
          {
            ...{ cmd: 'publish', topic: downTopic(agent), payload: Buffer.from(payload) },
            ...{ qos: 1, dup: false, retain: false },
          },
          () => undefined,
        ),
      closed: () => undefined,
    });
  });
  aedes.on('publish', ({ topic, payload }, client) => {
    if (client !== null && topic === upTopic(agent)) wire?.send(Uint8Array.from(payload as Buffer));
  });
  let closed: Promise<unknown> | null = null;
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      for (const client of Object.values(
        (aedes as unknown as { clients: Record<string, { close(): void }> }).clients,
      ))
        client.close();
    },
    close() {
      closed ??= Promise.all([
        new Promise<void>((resolve) => aedes.close(resolve)),
        new Promise((resolve) => server.close(resolve)),
      ]);
      return closed;
    },
  };
}
