/** Rows of single readings, out of every table that has them, in one transaction. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalogue } from './catalogue.ts';

// Table, the column that names the stream or the series, and which of the two.
const TABLES = [
  ['readings', 'stream'],
  ['points', 'series'],
  ['recent', 'series'],
  ['latest', 'series'],
] as const;

export async function deleteReadings(
  connection: DuckDBConnection,
  catalogue: Catalogue,
  readings: readonly { readonly agent: string; readonly seq: number }[],
): Promise<void> {
  await connection.run('BEGIN');
  try {
    for (const [agent, of] of Map.groupBy(readings, (one) => one.agent)) {
      const streams = catalogue.entries.filter(({ name }) => name.agent === agent);
      const series = streams.flatMap((stream) => [...stream.series.values()].flat());
      const ids = { stream: idsOf(streams), series: idsOf(series) };
      const seqs = of.map(({ seq }) => BigInt(seq)).join(', ');
      for (const [table, column] of TABLES) {
        if (ids[column] === '') continue;
        await connection.run(
          `DELETE FROM ${table} WHERE ${column} IN (${ids[column]}) AND seq IN (${seqs})`,
        );
      }
    }
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}

function idsOf(entries: readonly { readonly id: number }[]): string {
  return entries.map(({ id }) => id).join(', ');
}
