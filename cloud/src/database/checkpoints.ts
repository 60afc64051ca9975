/** Signed heads of site logs, and what the witness cosigned. */
import { noteChange } from './changes.ts';
import { type Row, type Sql, toBytes, toNumber, toText } from './database.ts';

export interface CheckpointRow {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note with every signature it came with. */
  readonly note: string;
}

export async function putCheckpoint(sql: Sql, row: CheckpointRow): Promise<void> {
  await sql.run(
    'INSERT INTO checkpoints VALUES (?, ?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note',
    row.origin,
    row.size,
    row.root,
    row.note,
  );
  await noteChange(sql, 'head', row.origin);
}

export async function checkpointAt(
  sql: Sql,
  origin: string,
  size: number,
): Promise<CheckpointRow | null> {
  return checkpoint(
    await sql.get('SELECT * FROM checkpoints WHERE origin = ? AND size = ?', origin, size),
  );
}

export async function newestCheckpoint(sql: Sql, origin: string): Promise<CheckpointRow | null> {
  return checkpoint(
    await sql.get('SELECT * FROM checkpoints WHERE origin = ? ORDER BY size DESC LIMIT 1', origin),
  );
}

export async function newestCheckpointUpTo(
  sql: Sql,
  origin: string,
  size: number,
): Promise<CheckpointRow | null> {
  return checkpoint(
    await sql.get(
      'SELECT * FROM checkpoints WHERE origin = ? AND size <= ? ORDER BY size DESC LIMIT 1',
      origin,
      size,
    ),
  );
}

/** The smallest checkpoint of at least this size. */
export async function checkpointCovering(
  sql: Sql,
  origin: string,
  size: number,
): Promise<CheckpointRow | null> {
  return checkpoint(
    await sql.get(
      'SELECT * FROM checkpoints WHERE origin = ? AND size >= ? ORDER BY size LIMIT 1',
      origin,
      size,
    ),
  );
}

/** What the witness last cosigned of a log. */
export interface WitnessedRow {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** As the log signed it. */
  readonly note: string;
}

export async function witnessedLog(sql: Sql, origin: string): Promise<WitnessedRow | null> {
  const row = await sql.get('SELECT * FROM witnessed WHERE origin = ?', origin);
  if (row === undefined) return null;
  return {
    origin,
    size: toNumber(row.size),
    root: toBytes(row.root),
    note: toText(row.note),
  };
}

/** Moves the witness on from `oldSize`; false, and nothing changed, if it stands elsewhere. */
export async function advanceWitnessed(
  sql: Sql,
  oldSize: number,
  row: WitnessedRow,
): Promise<boolean> {
  if (oldSize === 0) {
    await sql.run(
      "INSERT INTO witnessed VALUES (?, 0, ?, '') ON CONFLICT DO NOTHING",
      row.origin,
      new Uint8Array(0),
    );
  }
  const changed = await sql.run(
    'UPDATE witnessed SET size = ?, root = ?, note = ? WHERE origin = ? AND size = ?',
    row.size,
    row.root,
    row.note,
    row.origin,
    oldSize,
  );
  return changed === 1;
}

export async function putCosignature(
  sql: Sql,
  origin: string,
  size: number,
  line: string,
): Promise<void> {
  await sql.run(
    'INSERT INTO cosignatures VALUES (?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET line = excluded.line',
    origin,
    size,
    line,
  );
  await noteChange(sql, 'head', origin);
}

/** The newest checkpoint that our witness cosigned. */
export async function newestCosigned(sql: Sql, origin: string): Promise<CheckpointRow | null> {
  return checkpoint(
    await sql.get(
      `SELECT * FROM checkpoints WHERE origin = ? AND size IN
         (SELECT size FROM cosignatures WHERE origin = ? ORDER BY size DESC LIMIT 1)`,
      origin,
      origin,
    ),
  );
}

/** Our witness's line over the checkpoint of this size. */
export async function cosignatureAt(
  sql: Sql,
  origin: string,
  size: number,
): Promise<string | null> {
  const row = await sql.get(
    'SELECT line FROM cosignatures WHERE origin = ? AND size = ?',
    origin,
    size,
  );
  return row === undefined ? null : toText(row.line);
}

function checkpoint(row: Row | undefined): CheckpointRow | null {
  if (row === undefined) return null;
  return {
    origin: toText(row.origin),
    size: toNumber(row.size),
    root: toBytes(row.root),
    note: toText(row.note),
  };
}
