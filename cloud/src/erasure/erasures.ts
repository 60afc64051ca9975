/**
 * Readings erased on the operator's word. The word is durable first; then bytes, salt and frame go from everywhere this
 * cloud holds them. Killed in between, it goes on when it starts. The leaf hash stays, and so does all other evidence.
 * @module
 */
import {
  type Erasure,
  EvidenceError,
  equalBytes,
  leafHash,
  openErasure,
  readOperatorRecord,
} from '@sigill/evidence';
import {
  addErasure,
  countErasures,
  type ErasureRow,
  erasureOf,
  listErasures,
  openErasures,
} from '../database/erasures.ts';
import { CloudError } from '../errors.ts';
import { createTurns } from '../ingest/turns.ts';
import type { Register } from '../register/register.ts';
import { type CarryOutParts, carryOut } from './carry-out.ts';
import { gone, openBatchOf, readingIn } from './erasable.ts';

export interface ErasuresParts extends CarryOutParts {
  readonly register: Register;
  readonly now: () => number;
  /** What was begun behind somebody's back did not end; it is begun anew with the next one, or the next start. */
  readonly failed: (error: unknown) => void;
}

export interface ErasuresTaken {
  readonly erased: number;
  /** Were erased before, by this word or another. */
  readonly known: number;
}

export interface Erasures {
  /** The words are durable when it resolves, and their readings go from then on. All or none are taken. @throws CloudError ERASURE_REFUSED, READING_UNKNOWN, READING_GONE */
  accept(coses: readonly Uint8Array[]): Promise<ErasuresTaken>;
  /** What was accepted is gone everywhere when it resolves; also what a kill left undone. */
  carryOut(): Promise<void>;
  newest(limit: number): Promise<ErasureList>;
}

export interface ErasureList {
  readonly total: number;
  /** Of them, how many are not carried out yet. */
  readonly open: number;
  /** The newest first. */
  readonly erasures: readonly ErasureRow[];
}

export function createErasures(parts: ErasuresParts): Erasures {
  const { database } = parts;
  const turns = createTurns();

  async function accept(coses: readonly Uint8Array[]): Promise<ErasuresTaken> {
    const rows: Omit<ErasureRow, 'done'>[] = [];
    for (const cose of coses) {
      const erasure = openWithAny(cose, parts.register);
      const { agent, seq } = erasure;
      if ((await database.read((sql) => erasureOf(sql, agent, seq))) !== null) continue;
      const batch = await batchItIsIn(parts, erasure);
      rows.push({ ...erasure, batch, cose, at: parts.now() });
    }
    await database.write(async (sql) => {
      for (const row of rows) await addErasure(sql, row);
    });
    return { erased: rows.length, known: coses.length - rows.length };
  }

  async function carryOutOpen(): Promise<void> {
    const rows = await database.read(openErasures);
    if (rows.length > 0) await carryOut(parts, rows);
  }

  const carryOutInTurn = () => turns.take('erase', carryOutOpen);

  return {
    async accept(coses) {
      const taken = await turns.take('erase', () => accept(coses));
      void carryOutInTurn().catch(parts.failed);
      return taken;
    },
    carryOut: carryOutInTurn,
    newest: (limit) =>
      database.read(async (sql) => ({
        total: await countErasures(sql),
        open: (await openErasures(sql)).length,
        erasures: await listErasures(sql, limit),
      })),
  };
}

/** Its batch, once it is sure that the operator speaks of the reading that lies there. */
async function batchItIsIn(parts: ErasuresParts, erasure: Erasure): Promise<number> {
  const { agent, seq, source, device, n } = erasure;
  const held = await openBatchOf(parts, agent, seq);
  const found = readingIn(held, seq);
  if (found === null) throw gone(Buffer.from(agent).toString('hex'), seq);
  const { reading, bytes } = found;
  const same = reading.source === source && reading.device === device && reading.n === n;
  if (same && equalBytes(leafHash(bytes), erasure.leafHash)) return held.entry.batch;
  throw new CloudError(
    'ERASURE_REFUSED',
    `the erasure of reading ${seq} speaks of another: here it is number ${reading.n} of ${reading.source} ${reading.device}; ask anew what would go`,
  );
}

function openWithAny(cose: Uint8Array, register: Register): Erasure {
  for (const { cose: record } of register.operatorChain().toReversed()) {
    try {
      return openErasure(cose, readOperatorRecord(record).record.key);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      if (error.code === 'ERASURE_FORM') throw error;
    }
  }
  throw new CloudError('ERASURE_REFUSED', 'an erasure that no key of the operator signed');
}
