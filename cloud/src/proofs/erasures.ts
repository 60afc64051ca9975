/** Readings that the operator had erased, as evidence tells of them. */
import type { Sql } from '../database/database.ts';
import { erasuresOf } from '../database/erasures.ts';

export interface StoredErasure {
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly seq: number;
  readonly leafHash: Uint8Array;
  /** As the operator signed it. */
  readonly cose: Uint8Array;
}

/** By sequence. @param source all of them if not given */
export async function findErasures(
  sql: Sql,
  agent: Uint8Array,
  source?: string,
): Promise<StoredErasure[]> {
  const rows = await erasuresOf(sql, agent);
  return source === undefined ? rows : rows.filter((row) => row.source === source);
}
