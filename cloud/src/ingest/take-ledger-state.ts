/**
 * The contract's state in a final block: what makes mined anchors final.
 * @module
 */
import {
  encodeCbor,
  equalBytes,
  type LedgerProof,
  rootAt,
  verifyLedgerState,
} from '@sigill/evidence';
import { type AnchorLogRow, putAnchorLog, putLedgerState } from '../database/anchors.ts';
import type { Database } from '../database/database.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { asRefusal, missingAnchors, refused } from './anchor-bundle.ts';

export interface TakeLedgerStateParts {
  readonly database: Database;
  readonly now: () => number;
}

/** One proven state makes every anchor below its size final. */
export async function takeLedgerState(
  { database, now }: TakeLedgerStateParts,
  index: number,
  proof: LedgerProof,
  log: AnchorLogRow,
): Promise<AnchorLogRow> {
  const state = asRefusal(() => verifyLedgerState(proof, log.contract));
  const { size, root } = state;
  if (size <= index) throw refused(`the state proven holds ${size} anchors, not anchor ${index}`);
  if (size > log.mined) throw missingAnchors(log.mined, size);
  const held = await database.read((sql) =>
    overTree(sql, log.log, size, (read) => rootAt(size, read)),
  );
  if (!equalBytes(held, root)) {
    const detail = `block ${state.blockNumber} holds another log of ${size} anchors than the one told for ${log.log}`;
    const alarm = {
      origin: '',
      code: 'ANCHOR_CONFLICT',
      about: `${log.log} state ${size}`,
      detail,
    };
    await database.write((sql) => raiseAlarm(sql, alarm, now()));
    throw new CloudError('ANCHOR_CONFLICT', detail, { facts: { next: log.mined } });
  }
  if (size <= log.final) return log;
  const after = { ...log, final: size };
  await database.write(async (sql) => {
    await putLedgerState(sql, {
      log: log.log,
      size,
      blockNumber: state.blockNumber,
      state: encodeCbor([proof.header, proof.account, proof.storage]),
    });
    await putAnchorLog(sql, after);
  });
  return after;
}
