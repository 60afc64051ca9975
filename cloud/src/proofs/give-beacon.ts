/**
 * What a gateway that others anchor is told of the newest final anchor: enough to check that it is the contract's, that the
 * roll-call calls its own log and nothing else in its slot, and to seal later batches after it.
 * @module
 */
import {
  type EvidenceCall,
  inclusionPath,
  type LedgerPolicy,
  type LedgerProof,
  originHash,
} from '@sigill/evidence';
import { type AnchorRow, anchorAt, newestLedgerState } from '../database/anchors.ts';
import type { Sql } from '../database/database.ts';
import { slotCalledFor } from '../database/roll-calls.ts';
import { overTree } from '../database/tiles.ts';
import { anchorTree } from '../ingest/tree-names.ts';
import { decodeState } from './anchored-parts.ts';
import type { ProveCall } from './proven-call.ts';

export interface GivenBeacon {
  readonly anchor: Pick<
    AnchorRow,
    'number' | 'rollRoot' | 'slots' | 'blockNumber' | 'blockTime' | 'parentHash'
  >;
  /** Inclusion in the contract's log as the ledger's state has it. */
  readonly path: readonly Uint8Array[];
  readonly ledger: LedgerProof;
  /** Of the slot that is called for this log; null: it was not called yet. */
  readonly call: EvidenceCall | null;
}

/** Null: there is none newer than `known`. */
export async function giveBeacon(
  sql: Sql,
  ledger: LedgerPolicy | null,
  origin: string,
  known: number | null,
  prove: ProveCall,
): Promise<GivenBeacon | null> {
  if (ledger === null) return null;
  const log = anchorTree(ledger.chainId, ledger.contract);
  const state = await newestLedgerState(sql, log);
  if (state === null || state.size - 1 <= (known ?? -1)) return null;
  const number = state.size - 1;
  const anchor = await anchorAt(sql, log, number);
  if (anchor === null) return null;
  const path = await overTree(sql, log, state.size, (read) =>
    inclusionPath(number, state.size, read),
  );
  const slot = await slotCalledFor(sql, log, originHash(origin));
  const call = slot === null || slot >= anchor.slots ? null : prove(sql, log, number, slot);
  return { anchor, path, ledger: decodeState(state.state), call: await call };
}
