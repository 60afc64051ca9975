/** How far we hold a site log: what an operator closes it at, and what its next generation goes on from. */
import { rootAt } from '@sigill/evidence';
import type { Sql } from '../database/database.ts';
import { nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import { siteTree } from './tree-names.ts';

export interface LogHead {
  readonly size: number;
  readonly root: Uint8Array;
}

export async function readLogHead(sql: Sql, origin: string): Promise<LogHead> {
  const size = await nextEntry(sql, origin);
  return { size, root: await rootOf(sql, origin, size) };
}

/** @param size at most that of what we hold */
export function rootOf(sql: Sql, origin: string, size: number): Promise<Uint8Array> {
  return overTree(sql, siteTree(origin), size, (read) => rootAt(size, read));
}
