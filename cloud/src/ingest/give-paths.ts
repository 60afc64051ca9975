/** How what a notary called last of each log leads to what it is to call next. */
import { consistencyPath } from '@sigill/evidence';
import type { Database } from '../database/database.ts';
import { nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import type { Register } from '../register/register.ts';
import { siteTree } from './tree-names.ts';

export interface WantedPath {
  readonly slot: number;
  /** Sizes of its log. */
  readonly from: number;
  readonly to: number;
}

export interface GivePathsParts {
  readonly database: Database;
  readonly register: Register;
}

/** A path for each, empty where there is none: no such slot, or fewer entries here. */
export async function givePaths(
  { database, register }: GivePathsParts,
  wanted: readonly WantedPath[],
): Promise<Uint8Array[][]> {
  const paths: Uint8Array[][] = [];
  for (const { slot, from, to } of wanted) {
    const origin = register.slot(slot)?.record.origin;
    const path = await database.read(async (sql) => {
      if (origin === undefined || from === 0 || from >= to || to > (await nextEntry(sql, origin)))
        return [];
      return overTree(sql, siteTree(origin), to, (read) => consistencyPath(from, to, read));
    });
    paths.push(path);
  }
  return paths;
}
