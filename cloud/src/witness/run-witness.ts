/**
 * A witness in this process: configuration in, a listening server out.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NoteKey } from '@sigill/evidence';
import { type Logger, pino } from 'pino';
import type { Api } from '../api/context.ts';
import { readGiven } from '../config-file.ts';
import { CloudError } from '../errors.ts';
import { isLoopback, type ListenConfig } from '../listen-config.ts';
import { openFolderForks } from './folder-forks.ts';
import { type FolderStore, openFolderStore, STATE_FOLDERS } from './folder-store.ts';
import { openFollowers } from './followers.ts';
import { readKeyFile, readSecretFile } from './key-file.ts';
import { openStateDisk, type StateDisk } from './state-disk.ts';
import { createWatchedLogs, type WatchedLogs } from './watched-logs.ts';
import { createWitness, retired } from './witness.ts';
import { parseWitnessConfig, type WitnessConfig } from './witness-config.ts';
import { createWitnessServer } from './witness-server.ts';

export interface RunningWitness {
  readonly url: string;
  stop(): Promise<void>;
}

export interface WitnessOptions {
  readonly logger?: Logger;
  readonly now?: () => number;
}

/** @throws CloudError */
export async function readWitnessConfig(path: string): Promise<WitnessConfig> {
  return parseWitnessConfig((await readGiven(path)).toString('utf8'), path);
}

/** @throws CloudError WITNESS_RETIRED, WITNESS_STATE, KEY_FILE_*, FILE_MISSING, LISTEN_FAILED */
export async function startWitness(
  config: WitnessConfig,
  { logger = pino({ level: 'info' }, pino.destination(2)), now = Date.now }: WitnessOptions = {},
): Promise<RunningWitness> {
  const signer = await readKeyFile(config.key);
  const key: NoteKey = { name: config.name, type: 4, publicKey: signer.publicKey };
  const unlock = await lockState(config.state);
  const stopping = new AbortController();
  try {
    const disk = await openStateDisk(config.state, STATE_FOLDERS);
    const watched = createWatchedLogs((text) => logger.warn(text));
    const store = await openStore(disk, key, watched);
    const forks = await openFolderForks(disk, (code, text) => logger.warn({ code }, text));
    for (const log of config.logs) watched.watch(log);
    const followers = await openFollowers(config.operators, watched, disk, logger);
    const witness = await createWitness({
      ...{ name: config.name, signer, store, forks, now },
      find: watched.find,
      changed: () => {},
    });
    await followers.poll(stopping.signal);
    await followers.compare(witness, stopping.signal);
    const { listen, proxied } = config;
    const server = createWitnessServer({
      ...{ key, witness, watched, forks, logger, proxied, now },
      tls: await readTls(listen),
      names: isLoopback(listen) ? [listen.host, ...listen.names] : null,
    });
    const url = await listenAt(server, listen);
    const polling = followers.run(config.pollMs, stopping.signal);
    return {
      url,
      async stop() {
        stopping.abort();
        await polling;
        await server.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openStore(
  disk: StateDisk,
  key: NoteKey,
  watched: WatchedLogs,
): Promise<FolderStore> {
  const store = await openFolderStore(disk, key, watched.keyOf);
  const why = await store.retired();
  if (why !== null) throw retired(key.name, why);
  watched.pin(store.keys());
  return store;
}

/** Two processes with one state would each believe its own memory. The lock ends with the process, however it ends. */
async function lockState(state: string): Promise<() => void> {
  await mkdir(state, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(state, 'lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return () => lock.close();
  } catch (cause) {
    lock.close();
    throw new CloudError('WITNESS_STATE', `${state}: another process runs this witness`, { cause });
  }
}

async function readTls({ tls }: ListenConfig) {
  if (tls === null) return null;
  return { key: await readSecretFile(tls.key), cert: await readGiven(tls.certificate) };
}

async function listenAt(server: Api, { host, port, tls }: ListenConfig): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith('E')) throw cause;
    throw new CloudError(
      'LISTEN_FAILED',
      `${host}:${port} cannot be listened on (${code}); stop what holds it, or give another listen.port`,
      { cause },
    );
  }
  const bound = server.server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls === null ? 'http' : 'https'}://${name}:${bound.port}`;
}
