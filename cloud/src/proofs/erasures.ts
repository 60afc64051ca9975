/** Readings that the operator had erased, as evidence tells of them. */
import type { Sql } from '../database/database.ts';

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
  _sql: Sql,
  _agent: Uint8Array,
  _source?: string,
): Promise<StoredErasure[]> {
  return []; // this release erases nothing
}
