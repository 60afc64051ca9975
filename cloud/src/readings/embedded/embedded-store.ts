/**
 * The reading store in this process: one DuckDB file, one writer, a few readers.
 * @module
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CloudError } from '../../errors.ts';
import type { ReadingStore } from '../reading-store.ts';
import { describeStream, loadCatalogue, newestSeries, seriesIn } from './catalogue.ts';
import { deleteReadings } from './delete-readings.ts';
import { placesOf, spansOf } from './number-queries.ts';
import { createNumberRuns } from './number-runs.ts';
import { listReadings, nextNumbersOf, rangeOf } from './queries.ts';
import { SCHEMA } from './schema.ts';
import { openStoreFile, type StoreFileOptions } from './store-file.ts';
import { type Written, writeBatches } from './write-batches.ts';

export interface EmbeddedStoreOptions extends StoreFileOptions {
  /** Points that lie unsorted before they are sorted by series. */
  readonly sortAfter?: number;
}

// A row group holds 122,880 rows; eight of them sorted by series let a chart of one series skip most.
const SORT_AFTER = 1_000_000;

export async function openEmbeddedStore(
  path: string,
  options: EmbeddedStoreOptions = {},
): Promise<ReadingStore> {
  const sortAfter = options.sortAfter ?? SORT_AFTER;
  const file = await openStoreFile(path, options);
  await file.writer.run(SCHEMA);
  let catalogue = await loadCatalogue(file.writer);
  const written = await loadWritten(file.writer);
  let arrival = await count(file.writer, 'SELECT arrival FROM progress');
  let unsorted = await count(file.writer, 'SELECT count(*) FROM recent');
  let latestRows = await count(file.writer, 'SELECT count(*) FROM latest');
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
      await together(file.writer, [
        'INSERT INTO points SELECT * FROM recent ORDER BY series, time, seq',
        'TRUNCATE recent',
      ]);
      unsorted = 0;
    }
    if (latestRows >= sortAfter) {
      await together(file.writer, [
        'CREATE TEMP TABLE newest AS SELECT series, max(seq), max_by(time, seq), max_by(value, seq) FROM latest GROUP BY series',
        'TRUNCATE latest',
        'INSERT INTO latest SELECT * FROM newest',
        'DROP TABLE newest',
      ]);
      latestRows = await count(file.writer, 'SELECT count(*) FROM latest');
    }
  }

  return {
    async write(batches) {
      if (batches.length === 0) return;
      await inTurn(async () => {
        const added = await writeBatches(file.writer, catalogue, written, batches);
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
        : file.read((connection) => rangeOf(connection, series, query));
    },
    readings: (query) => file.read((connection) => listReadings(connection, catalogue, query)),
    spans: (query) => file.read((connection) => spansOf(connection, catalogue, query)),
    placesOf: (query, numbers) =>
      file.read((connection) => placesOf(connection, catalogue, query, numbers)),
    nextNumbers: (agent, batch) =>
      file.read((connection) => nextNumbersOf(connection, catalogue, agent, batch)),
    async erase(readings) {
      if (readings.length === 0) return;
      await inTurn(async () => {
        await deleteReadings(file.writer, catalogue, readings);
        await file.rewrite();
        catalogue = await loadCatalogue(file.writer);
        unsorted = await count(file.writer, 'SELECT count(*) FROM recent');
        latestRows = await count(file.writer, 'SELECT count(*) FROM latest');
      });
    },
    async close() {
      await last;
      await file.close();
    },
  };
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
