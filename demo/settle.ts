/**
 * The demonstration's files as `gateway init` made them, with this start's ports, quick intervals and
 * the town's devices. Done at each start, so that data of an earlier version goes on.
 * @module
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { formatPolicy, parsePolicy } from '@sigill/evidence';
import { parseDocument } from 'yaml';
import { COMMAND } from './child.ts';
import { TOWN_CLIENT, type TownPlaces, townSources, UPLINKS } from './town.ts';

export interface SettledDemo {
  readonly places: TownPlaces;
  /** The gateway's own page. */
  readonly page: { readonly url: string; readonly password: string };
}

// Quick enough to watch: a batch each second, a checkpoint each two, an anchor each ten.
const BATCH_AGE_MS = 1000;
const CHECKPOINT_MS = 2000;
const ANCHOR_MS = 10_000;

export interface DemoPorts {
  readonly port: number;
  readonly ledgerPort: number;
}

export async function settleDemo(data: string, ports: DemoPorts): Promise<SettledDemo> {
  const gatewayFile = join(data, 'gateway.yaml');
  const [brokerPort = 0, portalPort = 0, pagePort = 0] = await freePorts(3);
  const places: TownPlaces = {
    meter: join(data, 'meter'),
    fishLadder: join(data, 'fish-ladder'),
    portalPort,
    brokerPort,
    passwordFile: join(data, 'keys', 'town-password'),
  };
  await edit(gatewayFile, [
    [['cloud', 'url'], `http://127.0.0.1:${ports.port}`],
    [['ledger'], { development: { port: ports.ledgerPort } }],
    [['batch', 'ageMs'], BATCH_AGE_MS],
    [['checkpoint', 'intervalMs'], CHECKPOINT_MS],
    [['anchor', 'intervalMs'], ANCHOR_MS],
    [['broker'], { listen: [{ host: '127.0.0.1', port: brokerPort }] }],
    [['status'], { host: '127.0.0.1', port: pagePort }],
    [['sources'], townSources(places)],
  ]);
  await edit(join(data, 'cloud.yaml'), [
    [['listen'], { host: '127.0.0.1', port: ports.port }],
    [['ledger', 'rpc'], `http://127.0.0.1:${ports.ledgerPort}`],
    [['demonstration'], true],
  ]);
  await namePolicyEndpoint(join(data, 'policy.json'), ports.ledgerPort);
  await keepSecret(places.passwordFile, async () => {
    const client = ['gateway', 'client', 'add', gatewayFile, TOWN_CLIENT];
    const added = await sigill(...client, '--publish', UPLINKS, '--new-password', '--json');
    return (JSON.parse(added) as { password: string }).password;
  });
  const password = await keepSecret(join(data, 'keys', 'page-password'), () =>
    sigill('gateway', 'password', gatewayFile),
  );
  return { places, page: { url: `http://127.0.0.1:${pagePort}/`, password } };
}

/** What a file holds; made once. A demonstration keeps in the clear what a site writes down. */
async function keepSecret(path: string, make: () => Promise<string>): Promise<string> {
  if (!existsSync(path)) await writeFile(path, `${(await make()).trim()}\n`, { mode: 0o600 });
  return (await readFile(path, 'utf8')).trim();
}

async function sigill(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args]);
  return stdout;
}

async function edit(file: string, changes: readonly [readonly string[], unknown][]): Promise<void> {
  const before = await readFile(file, 'utf8');
  const document = parseDocument(before);
  for (const [path, value] of changes) document.setIn(path, document.createNode(value));
  const after = document.toString();
  if (after !== before) await writeFile(file, after);
}

async function namePolicyEndpoint(file: string, ledgerPort: number): Promise<void> {
  const policy = parsePolicy(await readFile(file, 'utf8'));
  if (policy.ledger === null) return;
  const endpoints = [`http://127.0.0.1:${ledgerPort}`];
  await writeFile(file, formatPolicy({ ...policy, ledger: { ...policy.ledger, endpoints } }));
}

/** Ports that nothing but the demonstration's own parts need to know. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
