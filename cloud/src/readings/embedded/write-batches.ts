/**
 * Batches into rows, and the rows into the tables in one transaction.
 * @module
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type FieldValue, formatValue, type Reading, toHex } from '@sigill/evidence';
import type { StoredBatch } from '../reading-store.ts';
import { toDouble } from '../to-double.ts';
import {
  ABOUT_STREAM,
  type Catalogue,
  type LatestReading,
  type SeriesEntry,
  type StreamEntry,
  seriesIn,
} from './catalogue.ts';
import { createNumberRuns, type NumberRuns } from './number-runs.ts';
import { createRows } from './rows.ts';

/** What is written, by agent in hexadecimal. */
export type Written = Map<string, NumberRuns>;

interface NewestValue {
  readonly seq: number;
  readonly time: number;
  readonly value: FieldValue;
}

/** All of it or nothing. The catalogue and `written` follow only when it is in. */
export async function writeBatches(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  written: Written,
  batches: readonly StoredBatch[],
): Promise<{ points: number; latest: number }> {
  const rows = {
    streams: createRows('streams'),
    series: createRows('series'),
    recent: createRows('recent'),
    readings: createRows('readings'),
    latest: createRows('latest'),
    written: createRows('written'),
  };
  const newStreams: StreamEntry[] = [];
  const newSeries: SeriesEntry[] = [];
  const newestReadings = new Map<StreamEntry, LatestReading>();
  const newestValues = new Map<SeriesEntry, NewestValue>();
  const runs: Written = new Map();
  let arrival = 0;

  function streamOf(agent: string, { source, device }: Reading): StreamEntry {
    const name = { agent, source, device };
    const known = catalogue.stream(name);
    if (known !== undefined) return known;
    const made = catalogue.addStream(name);
    newStreams.push(made);
    rows.streams.add(made.id, agent, source, device);
    return made;
  }

  function seriesOf(stream: StreamEntry, field: string, unit: string | null): SeriesEntry {
    const known = seriesIn(stream, field, unit);
    if (known !== undefined) return known;
    const made = catalogue.addSeries(stream, field, unit);
    newSeries.push(made);
    rows.series.add(made.id, stream.id, field, unit);
    return made;
  }

  function addReading(agent: string, batch: number, reading: Reading): void {
    const stream = streamOf(agent, reading);
    const time = BigInt(reading.time);
    const seq = BigInt(reading.seq);
    rows.readings.add(stream.id, time, seq, BigInt(reading.n), BigInt(batch), reading.kind);
    const before = newestReadings.get(stream) ?? stream.latest;
    if (before === null || reading.seq > before.seq) {
      const kind = before !== null && ABOUT_STREAM.has(reading.kind) ? before.kind : reading.kind;
      const { seq, n, time } = reading;
      newestReadings.set(stream, { seq, n, time, batch, kind });
    }
    for (const { name, value, unit } of reading.fields) {
      const series = seriesOf(stream, name, unit);
      const double = toDouble(value);
      if (double !== null) rows.recent.add(series.id, time, seq, double);
      if (reading.seq > (newestValues.get(series)?.seq ?? series.latest?.seq ?? -1)) {
        newestValues.set(series, { seq: reading.seq, time: reading.time, value });
      }
    }
  }

  for (const { agent: agentBytes, batch, readings, arrival: arrived } of batches) {
    arrival = Math.max(arrival, arrived);
    const agent = toHex(agentBytes);
    const known = runs.get(agent) ?? written.get(agent) ?? createNumberRuns();
    if (known.has(batch)) continue;
    runs.set(agent, known.with(batch));
    for (const reading of readings) if (reading !== null) addReading(agent, batch, reading);
  }
  const texts = [...newestValues].map(([series, { seq, time, value }]) => {
    const text = formatValue(value);
    rows.latest.add(series.id, BigInt(seq), BigInt(time), text);
    return [series, { seq, time, value: text }] as const;
  });
  for (const [agent, { runs: list }] of runs) {
    for (const { first, last } of list) rows.written.add(agent, BigInt(first), BigInt(last));
  }

  try {
    await connection.run('BEGIN');
    for (const agent of runs.keys()) {
      await connection.run('DELETE FROM written WHERE agent = $1', [agent]);
    }
    for (const table of Object.values(rows)) await table.append(connection);
    await connection.run('UPDATE progress SET arrival = greatest(arrival, $1)', [BigInt(arrival)]);
    await connection.run('COMMIT');
  } catch (error) {
    catalogue.forget(newStreams, newSeries);
    await connection.run('ROLLBACK').catch(() => {}); // nothing to roll back when BEGIN failed
    throw error;
  }
  for (const [agent, list] of runs) written.set(agent, list);
  for (const [stream, latest] of newestReadings) stream.latest = latest;
  for (const [series, latest] of texts) series.latest = latest;
  return { points: rows.recent.count, latest: rows.latest.count };
}
