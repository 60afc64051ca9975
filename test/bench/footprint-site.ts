/**
 * A gateway with its broker and a cloud beside it, each a process, made as a person makes them: what the footprint is
 * taken of.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { isListening } from '../testing/broker-site.ts';
import { done } from '../testing/commands-fixture.ts';
import { type RunningSigill, startSigill } from '../testing/sigill-process.ts';
import { eventually, freePort } from '../testing/waiting.ts';

export interface FootprintSiteOptions {
  /** Where everything lies but what the gateway writes. */
  readonly directory: string;
  /** Of the gateway: what is measured writes here. */
  readonly data: string;
  /** Serial ports with a P1 meter on each. */
  readonly meters: readonly string[];
  /** Null: the default. */
  readonly commitWindowMs: number | null;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface FootprintSite {
  readonly gateway: RunningSigill;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

const START_MS = 60_000;
// What comes is taken: how much may come is measured elsewhere.
const MOST_PER_SECOND = 10_000;
// Batches go soon after the cloud has them, as they do all the time once the first day is over.
const KEEP_MS = 5_000;

export async function startFootprintSite(options: FootprintSiteOptions): Promise<FootprintSite> {
  const { directory, data, meters, commitWindowMs, flags, env } = options;
  const [cloudPort, port] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${cloudPort}`;
  await done(
    ...['gateway', 'init', directory, '--name', 'bench-gateway'],
    ...['--origin', 'sigill.example/bench', '--cloud', url, '--ledger', 'none'],
  );
  const file = join(directory, 'gateway.yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  document.set('data', data);
  document.setIn(['cloud', 'keepMs'], KEEP_MS);
  const limits = { messagesPerSecond: MOST_PER_SECOND };
  document.set('broker', { listen: [{ host: '127.0.0.1', port }], limits });
  const devices = {
    ...{ name: 'devices', driver: 'mqtt-json', transport: { broker: 'bench/+/up' } },
    options: {
      ...{ device: '/id', kind: 'climate', 'field.temperature': '/temperature Cel' },
      rest: 'drop',
    },
    maxPerSecond: MOST_PER_SECOND,
    ...(commitWindowMs !== null && { commitWindowMs }),
  };
  const p1 = meters.map((path, index) => ({
    ...{ name: `meter-${index + 1}`, driver: 'dsmr-p1', transport: { serial: path } },
    cadenceMs: 1000,
  }));
  document.set('sources', document.createNode([devices, ...p1]));
  await writeFile(file, document.toString());
  const username = 'devices';
  const added = await done(
    ...['gateway', 'client', 'add', file, username, '--publish', 'bench/#', '--json'],
  );
  const { password } = JSON.parse(added) as { password: string };
  const cloud = startSigill(['cloud', 'run', join(directory, 'cloud.yaml')]);
  await eventually('the cloud answers', async () => (await fetch(`${url}/health`)).ok, START_MS);
  const gateway = startSigill(['gateway', 'run', file], { flags, env });
  const stop = async () => {
    await gateway.stop();
    await cloud.stop();
  };
  try {
    await eventually('the gateway listens', () => isListening(port), START_MS);
  } catch (cause) {
    await stop();
    throw new Error(`${(cause as Error).message}; it said: ${gateway.said()}`, { cause });
  }
  return { gateway, port, username, password, stop };
}
