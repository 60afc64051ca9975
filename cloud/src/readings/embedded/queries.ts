/** Reading the tables: ranges of one series, lists of readings. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type {
  NextNumber,
  RangeQuery,
  ReadingPlace,
  ReadingQuery,
  SeriesRange,
} from '../reading-store.ts';
import type { Catalogue, SeriesEntry, StreamEntry } from './catalogue.ts';

export async function rangeOf(
  connection: DuckDBConnection,
  series: SeriesEntry,
  { from, to, points }: RangeQuery,
): Promise<SeriesRange> {
  const where = 'series = $1 AND time >= $2 AND time < $3';
  const values: DuckDBValue[] = [series.id, BigInt(from), BigInt(to)];
  const [count = 0, first = 0, last = 0] = await numbers(
    connection,
    `SELECT count(*), min(time), max(time) FROM all_points WHERE ${where}`,
    values,
  );
  if (count <= points) {
    const rows = await rowsOf(
      connection,
      `SELECT time, value FROM all_points WHERE ${where} ORDER BY time, seq`,
      values,
    );
    const column = rows.map(([, value]) => Number(value));
    return {
      unit: series.unit,
      times: rows.map(([time]) => Number(time)),
      values: column,
      low: column,
      high: column,
    };
  }
  const step = stepFor(first, last, points);
  const rows = await rowsOf(
    connection,
    `SELECT time // $4 * $4 - CASE WHEN time % $4 < 0 THEN $4 ELSE 0 END AS step, avg(value), min(value), max(value)
     FROM all_points WHERE ${where} GROUP BY step ORDER BY step`,
    [...values, BigInt(step)],
  );
  return {
    unit: series.unit,
    times: rows.map(([time]) => Number(time)),
    values: rows.map(([, mean]) => Number(mean)),
    low: rows.map(([, , low]) => Number(low)),
    high: rows.map(([, , , high]) => Number(high)),
  };
}

/** The least step so that steps aligned to the epoch, from the first point to the last, are `points` at most. */
export function stepFor(first: number, last: number, points: number): number {
  let step = Math.max(1, Math.ceil((last - first + 1) / points));
  while (Math.floor(last / step) - Math.floor(first / step) + 1 > points)
    step += Math.ceil(step / 100);
  return step;
}

export async function listReadings(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  query: ReadingQuery,
): Promise<ReadingPlace[]> {
  const conditions: string[] = [];
  const values: DuckDBValue[] = [];
  const value = (one: DuckDBValue) => `$${values.push(one)}`;
  const { seen = () => true } = query;
  const isNarrow =
    query.agent !== undefined || query.source !== undefined || query.device !== undefined;
  if (isNarrow || query.seen !== undefined) {
    const ids = catalogue.entries
      .filter((entry) => matches(entry, query) && seen(entry.name))
      .map(({ id }) => id);
    if (ids.length === 0) return [];
    conditions.push(`stream IN (${ids.join(', ')})`);
  }
  if (query.from !== undefined) conditions.push(`time >= ${value(BigInt(query.from))}`);
  if (query.to !== undefined) conditions.push(`time < ${value(BigInt(query.to))}`);
  const before = parseCursor(query.before);
  if (before !== null) {
    const [time, seq, stream] = before.map((one) => value(BigInt(one)));
    conditions.push(`time <= ${time} AND (time, seq, stream) < (${time}, ${seq}, ${stream})`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const rows = await rowsOf(
    connection,
    `SELECT stream, time, seq, n, batch, kind FROM readings ${where}
     ORDER BY time DESC, seq DESC, stream DESC LIMIT ${value(query.limit)}`,
    values,
  );
  return rows.map(([id, time, seq, n, batch, kind]) => {
    const stream = catalogue.entries[Number(id)] as StreamEntry;
    return {
      ...stream.name,
      seq: Number(seq),
      n: Number(n),
      kind: String(kind),
      time: Number(time),
      batch: Number(batch),
      cursor: `${time}.${seq}.${id}`,
    };
  });
}

export async function nextNumbersOf(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  agent: string,
  batch: number,
): Promise<NextNumber[]> {
  const streams = catalogue.entries.filter((entry) => matches(entry, { agent }));
  if (streams.length === 0) return [];
  const ids = streams.map(({ id }) => id).join(', ');
  const rows = await rowsOf(
    connection,
    `SELECT stream, max(n) FROM readings WHERE stream IN (${ids}) AND batch <= $1 GROUP BY stream ORDER BY stream`,
    [BigInt(batch)],
  );
  return rows.map(([id, n]) => {
    const { source, device } = (catalogue.entries[Number(id)] as StreamEntry).name;
    return { source, device, nextN: Number(n) + 1 };
  });
}

export function matches(
  { name }: StreamEntry,
  { agent, source, device }: Partial<ReadingQuery>,
): boolean {
  return (
    (agent === undefined || name.agent === agent) &&
    (source === undefined || name.source === source) &&
    (device === undefined || name.device === device)
  );
}

const CURSOR = /^(-?\d{1,16})\.(\d{1,16})\.(\d{1,9})$/;

export function isCursor(text: string): boolean {
  return CURSOR.test(text);
}

function parseCursor(text: string | undefined): string[] | null {
  const match = text === undefined ? null : CURSOR.exec(text);
  return match === null ? null : match.slice(1);
}

export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[],
): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql, values)).getRows();
}

async function numbers(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[],
): Promise<number[]> {
  return ((await rowsOf(connection, sql, values))[0] ?? []).map(Number);
}
