/**
 * The reading store in this process: one DuckDB file, one writer, a few readers.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CloudError } from '../../errors.ts';
import type { ReadingStore } from '../reading-store.ts';
import { describeStream, loadCatalogue, newestSeries, seriesIn } from './catalogue.ts';
import { placesOf, spansOf } from './number-queries.ts';
import { createNumberRuns } from './number-runs.ts';
import { listReadings, nextNumbersOf, rangeOf } from './queries.ts';
import { SCHEMA } from './schema.ts';
import { type Written, writeBatches } from './write-batches.ts';

export interface EmbeddedStoreOptions {
  readonly memoryMb?: number;
  readonly threads?: number;
  /** Points that lie unsorted before they are sorted by series. */
  readonly sortAfter?: number;
}

const READERS = 2;
// A row group holds 122,880 rows; eight of them sorted by series let a chart of one series skip most.
const SORT_AFTER = 1_000_000;

export async function openEmbeddedStore(
  path: string,
  options: EmbeddedStoreOptions = {},
): Promise<ReadingStore> {
  const sortAfter = options.sortAfter ?? SORT_AFTER;
  const instance = await open(path, options);
  const writer = await instance.connect();
  await writer.run(SCHEMA);
  const catalogue = await loadCatalogue(writer);
  const written = await loadWritten(writer);
  let arrival = await count(writer, 'SELECT arrival FROM progress');
  let unsorted = await count(writer, 'SELECT count(*) FROM recent');
  let latestRows = await count(writer, 'SELECT count(*) FROM latest');
  const readers = await openReaders(instance);
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work).catch((cause) => {
      throw new CloudError('READINGS_FAILED', `${path}: ${String(cause)}`, {
        cause,
        retryable: true,
      });
    });
    last = result.catch(() => {});
    return result;
  }

  async function tidy(): Promise<void> {
    if (unsorted >= sortAfter) {
      await together(writer, [
        'INSERT INTO points SELECT * FROM recent ORDER BY series, time, seq',
        'TRUNCATE recent',
      ]);
      unsorted = 0;
    }
    if (latestRows >= sortAfter) {
      await together(writer, [
        'CREATE TEMP TABLE newest AS SELECT series, max(seq), max_by(time, seq), max_by(value, seq) FROM latest GROUP BY series',
        'TRUNCATE latest',
        'INSERT INTO latest SELECT * FROM newest',
        'DROP TABLE newest',
      ]);
      latestRows = await count(writer, 'SELECT count(*) FROM latest');
    }
  }

  return {
    async write(batches) {
      if (batches.length === 0) return;
      await inTurn(async () => {
        const added = await writeBatches(writer, catalogue, written, batches);
        arrival = Math.max(arrival, ...batches.map((batch) => batch.arrival));
        unsorted += added.points;
        latestRows += added.latest;
      });
      void inTurn(tidy).catch(() => {}); // the rows stay unsorted and it is tried again
    },
    arrival: () => arrival,
    streams: async () => catalogue.entries.map(describeStream).filter((stream) => stream !== null),
    async range(name, query) {
      const stream = catalogue.stream(name);
      if (stream === undefined) return null;
      const { field, unit } = name;
      const series =
        unit === undefined ? newestSeries(stream, field) : seriesIn(stream, field, unit);
      return series === undefined
        ? null
        : readers.run((connection) => rangeOf(connection, series, query));
    },
    readings: (query) => readers.run((connection) => listReadings(connection, catalogue, query)),
    spans: (query) => readers.run((connection) => spansOf(connection, catalogue, query)),
    placesOf: (query, numbers) =>
      readers.run((connection) => placesOf(connection, catalogue, query, numbers)),
    nextNumbers: (agent, batch) =>
      readers.run((connection) => nextNumbersOf(connection, catalogue, agent, batch)),
    async close() {
      await last;
      await readers.close();
      writer.closeSync();
      instance.closeSync();
    },
  };
}

async function open(path: string, options: EmbeddedStoreOptions): Promise<DuckDBInstance> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    return await DuckDBInstance.create(path, {
      memory_limit: `${options.memoryMb ?? 1024}MB`,
      threads: String(options.threads ?? 2),
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

async function loadWritten(connection: DuckDBConnection): Promise<Written> {
  const written: Written = new Map();
  const result = await connection.runAndReadAll('SELECT * FROM written ORDER BY agent, first');
  for (const [agent, first, last] of result.getRows()) {
    const runs = written.get(String(agent))?.runs ?? [];
    const run = { first: Number(first), last: Number(last) };
    written.set(String(agent), createNumberRuns([...runs, run]));
  }
  return written;
}

async function together(connection: DuckDBConnection, statements: string[]): Promise<void> {
  await connection.run('BEGIN');
  try {
    for (const statement of statements) await connection.run(statement);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}

async function count(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0);
}

interface Readers {
  run<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// A connection runs one query at a time: queries take turns over a few of them.
async function openReaders(instance: DuckDBInstance): Promise<Readers> {
  const lanes: { connection: DuckDBConnection; last: Promise<unknown> }[] = [];
  for (let i = 0; i < READERS; i++) {
    lanes.push({ connection: await instance.connect(), last: Promise.resolve() });
  }
  let turn = 0;
  return {
    run(work) {
      const lane = lanes[turn++ % lanes.length] as (typeof lanes)[number];
      const result = lane.last.then(() => work(lane.connection));
      lane.last = result.catch(() => {});
      return result;
    },
    async close() {
      for (const { connection, last } of lanes) {
        await last;
        connection.closeSync();
      }
    },
  };
}
