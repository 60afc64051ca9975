/**
 * What a gateway tells of an agent whose key it put out, signed with its log's key. That an agent signed two histories is
 * proven by the seal against the entries we hold; that two boxes took turns with one key is the gateway's word.
 * @module
 */
import {
  CborReader,
  EvidenceError,
  equalBytes,
  findAgent,
  headerHash,
  logsOf,
  openSeal,
  openSign1,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import { entryOfBatch } from '../database/agent-chains.ts';
import type { Database } from '../database/database.ts';
import { raiseAgentConflict } from '../database/quarantine.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';

/** `["sigill.conflict.1", origin, rev, kind, agent: bstr16, batch, seal: bstr|null]` */
interface ToldConflict {
  readonly origin: string;
  /** Of the slot's record at the gateway. */
  readonly rev: number;
  readonly kind: 'clone' | 'rollback';
  readonly agent: Uint8Array;
  readonly batch: number;
  readonly seal: Uint8Array | null;
}

export interface TakeConflictParts {
  readonly database: Database;
  readonly register: Register;
  readonly now: () => number;
}

/** @throws CloudError ORIGIN_UNKNOWN, REQUEST_SIGNATURE, CONFLICT_UNPROVEN, ENTRIES_MISSING */
export async function takeConflict(
  parts: TakeConflictParts,
  origin: string,
  signed: Uint8Array,
): Promise<void> {
  const { database, now } = parts;
  const { record } = parts.register.slotOf(origin);
  const told = openTold(signed, record);
  if (record.rev > told.rev) return; // the operator has spoken since
  const key = findAgent(record, told.agent)?.key;
  if (key === undefined) throw unproven('no agent of the record is named');
  if (told.seal !== null) await assertProven(database, record, key, told.seal);
  else if (told.kind === 'rollback') throw unproven('no seal comes with it');
  const agent = toHex(told.agent);
  const conflict = { origin, agent, rev: told.rev, detail: wordsOf(told) };
  await database.write((sql) => raiseAgentConflict(sql, conflict, now()));
}

function openTold(signed: Uint8Array, { origin, logKey }: SlotRecord): ToldConflict {
  try {
    const reader = new CborReader(openSign1(signed, logKey));
    reader.tuple(7);
    reader.literal('sigill.conflict.1');
    if (reader.text() !== origin) throw unproven('it is for another log');
    const [rev, kind] = [reader.uint(), reader.text()];
    const [agent, batch] = [reader.fixedBytes(16), reader.uint()];
    const seal = reader.nullable(() => reader.bytes());
    reader.end();
    if (kind === 'clone' || kind === 'rollback') return { origin, rev, kind, agent, batch, seal };
    throw unproven(`it is neither clone nor rollback but ${kind.slice(0, 40)}`);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    const why = `it is not signed with the key of ${origin}: ${cause.code}: ${cause.message}`;
    throw new CloudError('REQUEST_SIGNATURE', why, { cause });
  }
}

/** A second header for a batch that has one, or one that follows another header than the one held. */
async function assertProven(
  database: Database,
  record: SlotRecord,
  key: Uint8Array,
  seal: Uint8Array,
): Promise<void> {
  const { header, headerBytes } = asProof(() => openSeal(seal, key));
  const { agent, batch, previous } = header;
  if (!logsOf(record).some((log) => equalBytes(log, header.log)))
    throw unproven('its seal is of elsewhere');
  const [same, before] = await database.read(async (sql) => [
    await entryOfBatch(sql, agent, batch),
    batch === 0 ? null : await entryOfBatch(sql, agent, batch - 1),
  ]);
  if (same !== null && !equalBytes(same.hash, headerHash(headerBytes))) return;
  if (before !== null && !equalBytes(before.hash, previous)) return;
  if (same !== null) throw unproven('its seal is the one in the log');
  throw new CloudError(
    'ENTRIES_MISSING',
    `${record.origin}: batch ${batch} of agent ${toHex(agent)} or the one before is not here yet`,
  );
}

function asProof<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw unproven(`${cause.code}: ${cause.message}`);
  }
}

function unproven(why: string): CloudError {
  return new CloudError(
    'CONFLICT_UNPROVEN',
    `an agent with two histories is told and not proven: ${why}`,
  );
}

function wordsOf({ kind, agent: id, batch }: ToldConflict): string {
  const agent = toHex(id);
  // A box with an agent alone shows the first of these digits as its fingerprint.
  const fingerprint = agent.slice(0, 16);
  return kind === 'clone'
    ? `two boxes took turns with the key of agent ${agent}, at batch ${batch}: its card was copied and both run. Its key is out at the gateway and nothing more of it is taken. Revoke it (sigill cloud revoke cloud.yaml ${fingerprint}), switch one of the boxes off, and enrol each with a key of its own`
    : `agent ${agent} signed two histories: at its gateway a batch ${batch} came that is not the one in the site log, and it went on from an older state under a new start of its box: a card restored from a backup, or a copy whose original is off. Its key is out at the gateway and nothing more of it is taken. If the box was restored, let the key in again (sigill cloud approve cloud.yaml ${fingerprint}) and restart the agent; else revoke it (sigill cloud revoke cloud.yaml ${fingerprint})`;
}
