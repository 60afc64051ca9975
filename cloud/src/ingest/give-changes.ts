/**
 * What a notary has not seen: records as the operator signed them, and of each log that moved its newest checkpoint, with
 * the newest that our witness cosigned where that is another. The notary believes nothing of it unchecked.
 * @module
 */
import { changesSince } from '../database/changes.ts';
import { newestCheckpoint, newestCosigned } from '../database/checkpoints.ts';
import type { Database } from '../database/database.ts';
import type { Register } from '../register/register.ts';

export interface GivenChanges {
  /** What the notary asks from next. */
  readonly next: number;
  readonly more: boolean;
  readonly records: readonly Uint8Array[];
  readonly heads: readonly { readonly slot: number; readonly notes: readonly string[] }[];
}

export interface GiveChangesParts {
  readonly database: Database;
  readonly register: Register;
}

// Notes and records of some 300 bytes: an answer stays below 2 MB.
const AT_ONCE = 2_000;

export function giveChanges(
  { database, register }: GiveChangesParts,
  since: number,
): Promise<GivenChanges> {
  return database.read(async (sql) => {
    const changes = await changesSince(sql, since, AT_ONCE);
    const records: Uint8Array[] = [];
    const heads: { slot: number; notes: string[] }[] = [];
    for (const { kind, name } of changes) {
      if (kind === 'record') {
        const row = register.find(Uint8Array.from(Buffer.from(name, 'hex')));
        if (row !== undefined) records.push(row.cose);
        continue;
      }
      const newest = await newestCheckpoint(sql, name);
      const cosigned = await newestCosigned(sql, name);
      const notes = new Set([cosigned, newest].flatMap((row) => row?.note ?? []));
      heads.push({ slot: register.slotOf(name).record.slot, notes: [...notes] });
    }
    const next = changes.at(-1)?.change ?? since;
    return { next, more: changes.length === AT_ONCE, records, heads };
  });
}
