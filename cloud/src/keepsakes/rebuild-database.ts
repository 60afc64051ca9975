/**
 * A database made again: from the keepsakes, with its trees from their leaves. It takes its place only when all of it is
 * there and agrees with what was signed.
 * @module
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Database, Sql } from '../database/database.ts';
import { toBytes, toNumber, toText } from '../database/database.ts';
import { migrations } from '../database/migrations.ts';
import { migrate, openSqliteDatabase } from '../database/sqlite-database.ts';
import { appendLeaves } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { anchorTree, siteTree } from '../ingest/tree-names.ts';
import { keepsakesId, readKeepsakes } from './keepsake-file.ts';

// Leaves are appended so many at a time: a tile is written once for each such page.
const PAGE = 4096;

/** @param check throws where what was made does not agree with archive or signatures. @throws CloudError REBUILD_FAILED, KEEPSAKES_DAMAGED */
export async function rebuildDatabase<T>(
  path: string,
  keepsakes: string,
  check: (database: Database) => Promise<T>,
): Promise<T> {
  if (existsSync(path))
    throw new CloudError(
      'REBUILD_FAILED',
      `${path} is there: nothing is made over it; move it away first`,
    );
  if (!existsSync(keepsakes))
    throw new CloudError(
      'REBUILD_FAILED',
      `${keepsakes} is not there; take it back from a backup: the archive has the readings, and the order they stand in, records, checkpoints and anchors are in that file`,
    );
  const fresh = `${path}.new`;
  for (const name of [fresh, `${fresh}-wal`, `${fresh}-shm`]) rmSync(name, { force: true });
  applyAll(fresh, keepsakes);
  const database = openSqliteDatabase(fresh);
  try {
    await database.write(growTrees);
    const found = await check(database);
    await database.scrub();
    await database.close();
    renameSync(fresh, path);
    return found;
  } catch (error) {
    await database.close().catch(() => {});
    throw error;
  }
}

function applyAll(path: string, keepsakes: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL');
    migrate(path, database, migrations);
    database.exec('BEGIN');
    let end = 0;
    for (const record of readKeepsakes(keepsakes)) {
      if (!database.applyChangeset(record.changeset))
        throw new CloudError(
          'KEEPSAKES_DAMAGED',
          `${keepsakes}: the record that ends at ${record.end} does not follow the ones before it`,
        );
      end = record.end;
    }
    const kept = database.prepare('UPDATE kept SET file = ?, position = ?');
    kept.run(keepsakesId(keepsakes), end);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

async function growTrees(sql: Sql): Promise<void> {
  for (const { origin } of await sql.all('SELECT origin FROM site_logs'))
    await growTree(sql, siteTree(toText(origin)), (from) =>
      sql.all(
        'SELECT leaf FROM entries WHERE origin = ? AND entry >= ? ORDER BY entry LIMIT ?',
        toText(origin),
        from,
        PAGE,
      ),
    );
  for (const row of await sql.all('SELECT * FROM anchor_logs')) {
    const log = anchorTree(toNumber(row.chain_id), toBytes(row.contract));
    await growTree(sql, log, (from) =>
      sql.all(
        'SELECT leaf FROM anchors WHERE log = ? AND number >= ? ORDER BY number LIMIT ?',
        log,
        from,
        PAGE,
      ),
    );
  }
}

async function growTree(
  sql: Sql,
  log: string,
  leavesFrom: (from: number) => ReturnType<Sql['all']>,
): Promise<void> {
  for (let size = 0; ; ) {
    const leaves = (await leavesFrom(size)).map(({ leaf }) => toBytes(leaf));
    if (leaves.length === 0) return;
    await appendLeaves(sql, log, size, leaves);
    size += leaves.length;
  }
}
