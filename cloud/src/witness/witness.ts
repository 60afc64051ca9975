/**
 * The witness: cosigns a checkpoint once it has seen that the log only grew. What it has seen is durable
 * before it signs, so that it never cosigns two histories of one log, whatever happens to it.
 * @module
 */
import {
  type Checkpoint,
  type Closing,
  cosign,
  EMPTY_ROOT,
  equalBytes,
  judgeAddCheckpoint,
  parseAddCheckpoint,
  type Signer,
  type WitnessDecision,
  type WitnessedLog,
} from '@sigill/evidence';
import {
  advanceWitnessed,
  cosignatureAt,
  putCosignature,
  witnessedLog,
} from '../database/checkpoints.ts';
import type { Database } from '../database/database.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { originOf } from '../ingest/take-receipt.ts';
import type { Register } from '../register/register.ts';

export interface WitnessParts {
  readonly name: string;
  readonly signer: Signer;
  readonly database: Database;
  readonly register: Register;
  /** ms since the Unix epoch. */
  readonly now: () => number;
  readonly changed: () => void;
}

/** As C2SP tlog-witness answers: 200 with the cosignature, 409 with the size it stands at, or a refusal. */
export type WitnessAnswer =
  | { readonly status: 200; readonly cosignature: string }
  | Exclude<WitnessDecision, { status: 200 }>;

export interface Witness {
  /** @throws EvidenceError, CloudError REQUEST_FORM for a body that is no request */
  addCheckpoint(body: string): Promise<WitnessAnswer>;
  /** The newest checkpoint it cosigned, with its cosignature; null when there is none. */
  newest(origin: string): Promise<string | null>;
}

export function createWitness(parts: WitnessParts): Witness {
  const { database, register, name, signer, now } = parts;

  const slotOf = (origin: string) =>
    register.slots().find(({ record }) => record.origin === origin)?.record;

  async function logOf(origin: string): Promise<WitnessedLog | undefined> {
    const slot = slotOf(origin);
    if (slot === undefined) return undefined;
    const seen = await database.read((sql) => witnessedLog(sql, origin));
    const { size, root } = seen ?? { size: 0, root: EMPTY_ROOT };
    return { origin, publicKey: slot.logKey, size, root };
  }

  async function tellFork(origin: string, reason: string, note: string): Promise<void> {
    const alarm = {
      origin,
      code: 'WITNESS_FORK',
      about: note.split('\n', 3).join(' '),
      detail: reason,
    };
    await database.write((sql) =>
      raiseAlarm(sql, { ...alarm, detail: `${reason}\n${note}` }, now()),
    );
  }

  return {
    async addCheckpoint(body) {
      const request = parseAddCheckpoint(body);
      const origin = originOf(request.note);
      const log = await logOf(origin);
      const decision = judgeAddCheckpoint(request, () => log);
      if (decision.status === 422 && decision.code === 'WITNESS_FORK') {
        await tellFork(origin, decision.reason, request.note);
      }
      if (decision.status !== 200) return decision;
      const behind = refusalBehindItsEnd(decision.checkpoint, slotOf(origin)?.closed ?? null);
      if (behind !== null) return behind;
      const { size, root } = decision.checkpoint;
      const advanced = await database.write((sql) =>
        advanceWitnessed(sql, request.oldSize, { origin, size, root, note: request.note }),
      );
      if (!advanced) return { status: 409, size: (await logOf(origin))?.size ?? 0 };
      const line = cosign(decision.text, name, signer, Math.floor(now() / 1000));
      await database.write((sql) => putCosignature(sql, origin, size, line));
      parts.changed();
      return { status: 200, cosignature: line };
    },
    newest: (origin) =>
      database.read(async (sql) => {
        const seen = await witnessedLog(sql, origin);
        if (seen === null || seen.size === 0) return null;
        return seen.note + ((await cosignatureAt(sql, origin, seen.size)) ?? '');
      }),
  };
}

/** The operator said how a closed log ends: another end is another history, and is never cosigned. */
function refusalBehindItsEnd(
  { origin, size, root }: Checkpoint,
  closed: Closing | null,
): WitnessAnswer | null {
  if (closed === null || size < closed.size) return null;
  if (size === closed.size && equalBytes(root, closed.root)) return null;
  const reason = `${origin} was closed by the operator at ${closed.size} entries, and this is not its end`;
  return { status: 422, code: 'ORIGIN_CLOSED', reason };
}
