/** Which numbers of a stream lie in a time, and where the readings of those numbers are. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { NumberPlace, NumberSpan, NumbersOf, SpanQuery } from '../reading-store.ts';
import type { Catalogue, StreamEntry } from './catalogue.ts';
import { matches, rowsOf } from './queries.ts';

export async function spansOf(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  { from, to, upTo, ...name }: SpanQuery,
): Promise<NumberSpan[]> {
  const entries = catalogue.entries.filter((entry) => matches(entry, name));
  if (entries.length === 0) return [];
  const rows = await rowsOf(
    connection,
    `WITH held AS (SELECT stream, n, time FROM readings
         WHERE stream IN (${entries.map(({ id }) => id).join(', ')}) AND batch <= $3),
       inside AS (SELECT stream, min(n) FILTER (time >= $1 AND time < $2) AS first,
         max(n) FILTER (time >= $1 AND time < $2) AS last, max(n) FILTER (time < $1) AS silent
         FROM held GROUP BY stream)
     SELECT stream, any_value(first), any_value(last), max(n) FILTER (n < coalesce(first, silent + 1)),
       min(n) FILTER (n > coalesce(last, silent, -1))
     FROM held JOIN inside USING (stream) GROUP BY stream`,
    [BigInt(from), BigInt(to), BigInt(upTo)],
  );
  const spans = rows.map(([id, first, last, before, after]) => ({
    device: (catalogue.entries[Number(id)] as StreamEntry).name.device,
    inside: first == null ? null : { first: Number(first), last: Number(last) },
    before: before == null ? null : Number(before),
    after: after == null ? null : Number(after),
  }));
  return spans.toSorted((a, b) => (a.device < b.device ? -1 : 1));
}

export async function placesOf(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  { upTo, ...name }: Pick<SpanQuery, 'agent' | 'source' | 'upTo'>,
  numbers: readonly NumbersOf[],
): Promise<NumberPlace[]> {
  const ranges = numbers.flatMap(({ device, first, last }) => {
    const entry = catalogue.stream({ ...name, device });
    return entry === undefined ? [] : [{ id: entry.id, first, last }];
  });
  if (ranges.length === 0) return [];
  const list = ranges.map(({ id, first, last }) => `(${id}, ${first}, ${last})`);
  const rows = await rowsOf(
    connection,
    `SELECT r.stream, r.n, r.seq, r.batch, r.time
     FROM readings r JOIN (VALUES ${list.join(', ')}) AS asked (stream, first, last) USING (stream)
     WHERE r.n BETWEEN asked.first AND asked.last AND r.batch <= $1 ORDER BY r.seq`,
    [BigInt(upTo)],
  );
  return rows.map(([id, n, seq, batch, time]) => ({
    device: (catalogue.entries[Number(id)] as StreamEntry).name.device,
    n: Number(n),
    seq: Number(seq),
    batch: Number(batch),
    time: Number(time),
  }));
}
