/** Rows on their way into one table, in columns as DuckDB takes them fastest. */
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';

// DuckDB's vector size: no chunk holds more.
const CHUNK_ROWS = 2048;

export const COLUMNS = {
  streams: [INTEGER, VARCHAR, VARCHAR, VARCHAR],
  series: [INTEGER, INTEGER, VARCHAR, VARCHAR],
  recent: [INTEGER, BIGINT, BIGINT, DOUBLE],
  readings: [INTEGER, BIGINT, BIGINT, BIGINT, BIGINT, VARCHAR],
  latest: [INTEGER, BIGINT, BIGINT, VARCHAR],
  written: [VARCHAR, BIGINT, BIGINT],
} satisfies Record<string, readonly DuckDBType[]>;

export type TableName = keyof typeof COLUMNS;

export interface Rows {
  readonly count: number;
  add(...values: readonly DuckDBValue[]): void;
  /** Within the connection's transaction. */
  append(connection: DuckDBConnection): Promise<void>;
}

export function createRows(table: TableName): Rows {
  const types = COLUMNS[table];
  const columns: DuckDBValue[][] = types.map(() => []);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(...values) {
      for (let i = 0; i < columns.length; i++) columns[i]?.push(values[i] ?? null);
      count += 1;
    },
    async append(connection) {
      if (count === 0) return;
      const appender = await connection.createAppender(table);
      try {
        for (let start = 0; start < count; start += CHUNK_ROWS) {
          const rows = Math.min(CHUNK_ROWS, count - start);
          const chunk = DuckDBDataChunk.create(types, rows);
          chunk.setColumns(columns.map((column) => column.slice(start, start + rows)));
          appender.appendDataChunk(chunk);
        }
      } finally {
        appender.closeSync();
      }
    },
  };
}
