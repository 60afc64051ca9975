/**
 * A gateway with a broker, as a person sets one up: init, one client, one source of JSON, run.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type RunningSigill, runSigill, startSigill } from './sigill-process.ts';
import { eventually, freePort } from './waiting.ts';

export const ORIGIN = 'sigill.example/test/broker';

export interface BrokerSite {
  readonly directory: string;
  readonly file: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export interface BrokerSiteOptions {
  readonly limits?: Readonly<Record<string, number>>;
  /** Of the driver mqtt-json. */
  readonly options?: Readonly<Record<string, string>>;
  readonly commitWindowMs?: number;
}

// On a machine that has much else to do.
const START_MS = 60_000;

/** Its client may publish and subscribe to everything under the topic's first level. */
export async function initBrokerSite(
  directory: string,
  topic: string,
  { limits = {}, options = {}, commitWindowMs }: BrokerSiteOptions = {},
): Promise<BrokerSite> {
  await must([
    ...['gateway', 'init', directory, '--name', 'test-gateway'],
    ...['--origin', ORIGIN, '--ledger', 'none'],
  ]);
  const port = await freePort();
  const file = join(directory, 'gateway.yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  document.set('broker', { listen: [{ host: '127.0.0.1', port }], limits });
  document.set('sources', [
    {
      ...{ name: 'devices', driver: 'mqtt-json', transport: { broker: topic } },
      options: {
        ...{ device: '/id', kind: 'climate', 'field.temperature': '/temperature Cel' },
        ...options,
      },
      ...(commitWindowMs && { commitWindowMs }),
    },
  ]);
  await writeFile(file, document.toString());
  const username = 'devices';
  const filter = `${topic.split('/')[0]}/#`;
  const grants = ['--publish', filter, '--subscribe', filter, '--json'];
  const added = await must(['gateway', 'client', 'add', file, username, ...grants]);
  const { password } = JSON.parse(added) as { password: string };
  return { directory, file, port, username, password };
}

async function must(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runSigill(args);
  if (code !== 0) throw new Error(`sigill ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Resolves when its broker listens. */
export async function runBrokerSite(
  { file, port }: BrokerSite,
  flags: readonly string[] = [],
): Promise<RunningSigill> {
  const running = startSigill(['gateway', 'run', file], { flags });
  const ended = running.ended.then(({ stdout, stderr }) => {
    throw new Error(`the gateway ended: ${stdout}${stderr}`);
  });
  const listens = eventually('the gateway listens', () => isListening(port), START_MS).catch(
    (cause) => {
      throw new Error(`${cause.message}; it said: ${running.said()}`, { cause });
    },
  );
  await Promise.race([listens, ended]);
  ended.catch(() => {}); // from here on it ends when it is told to
  return running;
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
