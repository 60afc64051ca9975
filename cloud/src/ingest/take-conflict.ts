/**
 * What a gateway tells of an agent with two histories: nothing is believed but the seal, which proves it against the
 * entries we hold.
 * @module
 */
import {
  agentId,
  EvidenceError,
  equalBytes,
  headerHash,
  openSeal,
  originHash,
  toHex,
} from '@sigill/evidence';
import type { Database } from '../database/database.ts';
import { raiseAgentConflict } from '../database/quarantine.ts';
import { entryOfBatch } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';

export interface ToldConflict {
  readonly origin: string;
  /** Of the slot's record at the gateway. */
  readonly rev: number;
  /** What the gateway makes of the boots it met. */
  readonly kind: 'clone' | 'rollback';
  readonly seal: Uint8Array;
}

export interface TakeConflictParts {
  readonly database: Database;
  readonly register: Register;
  readonly now: () => number;
}

/** @throws CloudError ORIGIN_UNKNOWN, CONFLICT_UNPROVEN, ENTRIES_MISSING */
export async function takeConflict(parts: TakeConflictParts, told: ToldConflict): Promise<void> {
  const { database, now } = parts;
  const { origin, rev, kind } = told;
  const { record } = parts.register.slotOf(origin);
  if (record.rev > rev) return; // the operator has spoken since
  const { header, hash } = openAny(record, told.seal);
  const { agent, batch, previous } = header;
  const [same, before] = await database.read(async (sql) => [
    await entryOfBatch(sql, agent, batch),
    batch === 0 ? null : await entryOfBatch(sql, agent, batch - 1),
  ]);
  const contradicts =
    (same !== null && !equalBytes(same.hash, hash)) ||
    (before !== null && !equalBytes(before.hash, previous));
  if (!contradicts) {
    if (same === null)
      throw new CloudError(
        'ENTRIES_MISSING',
        `${origin}: batch ${batch} of agent ${toHex(agent)} or the one before is not here yet`,
      );
    throw unproven('its seal is the one in the log');
  }
  const detail = wordsOf(kind, toHex(agent), batch);
  await database.write((sql) =>
    raiseAgentConflict(sql, { origin, agent: toHex(agent), rev, detail }, now()),
  );
}

function openAny(
  record: { readonly origin: string; readonly agents: readonly { readonly key: Uint8Array }[] },
  seal: Uint8Array,
) {
  for (const { key } of record.agents) {
    try {
      const { header, headerBytes } = openSeal(seal, key);
      if (!equalBytes(header.agent, agentId(key))) continue;
      if (!equalBytes(header.log, originHash(record.origin)))
        throw unproven('its seal is for another log');
      return { header, hash: headerHash(headerBytes) };
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
    }
  }
  throw unproven('no agent of the record signed its seal');
}

function unproven(why: string): CloudError {
  return new CloudError(
    'CONFLICT_UNPROVEN',
    `two histories of an agent are told and not proven: ${why}`,
  );
}

function wordsOf(kind: ToldConflict['kind'], agent: string, batch: number): string {
  const two = `agent ${agent} signed two histories: at its gateway a batch ${batch} came that is not the one in the site log`;
  // A box with an agent alone shows the first of these digits as its fingerprint.
  const fingerprint = agent.slice(0, 16);
  return kind === 'clone'
    ? `${two}, and two boxes took turns with its key: its card was copied and both run. Its key is out at the gateway and nothing more of it is taken. Revoke it (sigill cloud revoke cloud.yaml ${fingerprint}), switch one of the boxes off, and enrol each with a key of its own`
    : `${two}, and it went on from an older state under a new start of its box: a card restored from a backup, or a copy whose original is off. Its key is out at the gateway and nothing more of it is taken. If the box was restored, let the key in again (sigill cloud approve cloud.yaml ${fingerprint}) and restart the agent; else revoke it (sigill cloud revoke cloud.yaml ${fingerprint})`;
}
