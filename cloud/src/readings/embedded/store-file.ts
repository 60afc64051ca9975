/**
 * The store's DuckDB file, open: one writer, a few readers that take turns. It can be written anew, without what was
 * deleted from it: DuckDB itself keeps deleted rows in their blocks until something else is written there.
 * @module
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CloudError } from '../../errors.ts';

export interface StoreFileOptions {
  readonly memoryMb?: number;
  readonly threads?: number;
}

export interface StoreFile {
  /** One statement at a time: whoever writes takes turns. */
  readonly writer: DuckDBConnection;
  read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Readers wait while the file is written anew; `writer` is another one afterwards. Killed on its way, the file is the one before. */
  rewrite(): Promise<void>;
  close(): Promise<void>;
}

const READERS = 2;

export async function openStoreFile(path: string, options: StoreFileOptions): Promise<StoreFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(`${path}.new`, { force: true });
  let instance = await open(path, options);
  let writer = await instance.connect();
  const lanes: { connection: DuckDBConnection; last: Promise<unknown> }[] = [];
  for (let i = 0; i < READERS; i++)
    lanes.push({ connection: await instance.connect(), last: Promise.resolve() });
  let turn = 0;

  function closeAll(): void {
    for (const { connection } of lanes) connection.closeSync();
    writer.closeSync();
    instance.closeSync();
  }

  async function openAgain(): Promise<void> {
    instance = await open(path, options);
    writer = await instance.connect();
    for (const lane of lanes) lane.connection = await instance.connect();
  }

  return {
    get writer() {
      return writer;
    },
    // A connection runs one query at a time.
    read(work) {
      const lane = lanes[turn++ % lanes.length] as (typeof lanes)[number];
      const result = lane.last.then(() => work(lane.connection));
      lane.last = result.catch(() => {});
      return result;
    },
    async rewrite() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = lanes.map(({ last }) => last);
      for (const lane of lanes) lane.last = promise;
      await Promise.all(before);
      try {
        await writer.run('CHECKPOINT');
        closeAll();
        try {
          await copyLive(path, options);
        } finally {
          await openAgain();
        }
      } finally {
        resolve();
      }
    },
    async close() {
      for (const { last } of lanes) await last;
      closeAll();
    },
  };
}

async function open(path: string, options: StoreFileOptions): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, {
      ...limits(options),
      // A file of ours and nothing else: no extension, no other path, whatever a query says.
      enable_external_access: 'false',
      lock_configuration: 'true',
    });
  } catch (cause) {
    throw new CloudError(
      'READINGS_FAILED',
      `${path} cannot be opened: ${String(cause)}; if no other process has it, move it away: it is rebuilt from the archive`,
      { cause },
    );
  }
}

/** What can still be read goes into a new file, which takes the place of the old one whole. */
async function copyLive(path: string, options: StoreFileOptions): Promise<void> {
  const fresh = `${path}.new`;
  const copier = await DuckDBInstance.create(':memory:', limits(options));
  try {
    const connection = await copier.connect();
    await connection.run(`ATTACH '${quoted(path)}' AS held (READ_ONLY)`);
    await connection.run(`ATTACH '${quoted(fresh)}' AS fresh`);
    await connection.run('COPY FROM DATABASE held TO fresh');
    await connection.run('DETACH fresh');
    await connection.run('DETACH held');
    connection.closeSync();
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  } finally {
    copier.closeSync();
  }
  await rename(fresh, path);
  await rm(`${path}.wal`, { force: true });
}

function limits({ memoryMb = 1024, threads = 2 }: StoreFileOptions): Record<string, string> {
  return { memory_limit: `${memoryMb}MB`, threads: String(threads) };
}

function quoted(path: string): string {
  return path.replaceAll("'", "''");
}
