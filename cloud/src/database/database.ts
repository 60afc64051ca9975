export type SqlValue = null | number | bigint | string | Uint8Array;
export type Row = Readonly<Record<string, SqlValue>>;

/** Statements with `?` for each value. */
export interface Sql {
  /** How many rows changed. */
  run(text: string, ...values: readonly SqlValue[]): Promise<number>;
  get(text: string, ...values: readonly SqlValue[]): Promise<Row | undefined>;
  all(text: string, ...values: readonly SqlValue[]): Promise<Row[]>;
}

/**
 * Register, evidence index, and what else must be found by more than one key.
 *
 * A `write` happens as a whole or not at all; when it resolves, it survives power loss. Writes run one
 * after another. A `read` sees committed state only, each statement the newest, also during a write.
 */
export interface Database {
  write<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** What was deleted or replaced before stands in no file of the database any more. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/** A step of the schema. Once released, a step is never changed: a new one is added. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export function toNumber(value: SqlValue | undefined): number {
  return Number(value);
}

export function toBytes(value: SqlValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('bytes expected in this column');
  return value;
}

export function toText(value: SqlValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('text expected in this column');
  return value;
}
