/**
 * What an evidence file says of roll-calls, anchors and the ledger: the roll-call that covers the entry, the
 * newest one in the proven state, and the anchors that seals name as their beacons.
 * @module
 */
import {
  type Beacon,
  consistencyPath,
  decodeCall,
  decodeCbor,
  type EvidenceAnchor,
  type EvidenceFile,
  inclusionPath,
  originHash,
} from '@sigill/evidence';
import type { ArrivedBatch } from '../database/agent-chains.ts';
import { type AnchorRow, anchorAt, newestLedgerState } from '../database/anchors.ts';
import { checkpointAt } from '../database/checkpoints.ts';
import { type Sql, toBytes } from '../database/database.ts';
import { firstCallCovering } from '../database/roll-calls.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { siteTree } from '../ingest/tree-names.ts';
import type { Register } from '../register/register.ts';
import { provenCall } from './proven-call.ts';

type EvidenceRollCall = NonNullable<EvidenceFile['rollCalls']>[number];

export interface AnchoredParts {
  /** The checkpoint that was called. */
  readonly checkpoint: { readonly size: number; readonly note: string };
  readonly consistency: readonly Uint8Array[];
  readonly file: Pick<EvidenceFile, 'records' | 'rollCalls' | 'anchors' | 'ledger'>;
}

/** Null while no final anchor covers the entry. */
export async function findAnchoring(
  sql: Sql,
  register: Register,
  log: string,
  { origin, entry }: Pick<ArrivedBatch, 'origin' | 'entry'>,
  beacons: readonly (Beacon | null)[],
): Promise<AnchoredParts | null> {
  const state = await newestLedgerState(sql, log);
  if (state === null) return null;
  const called = originHash(origin);
  const covering = await firstCallCovering(sql, log, called, entry + 1, state.size);
  if (covering === null) return null;
  const checkpoint = await checkpointAt(sql, origin, covering.size);
  if (checkpoint === null) {
    throw new CloudError(
      'EVIDENCE_PENDING',
      `the checkpoint of ${origin} at ${covering.size} that anchor ${covering.number} calls was not sent`,
    );
  }
  const newest = state.size - 1;
  const numbers = [...new Set([covering.number, newest])];
  const rollCalls: EvidenceRollCall[] = [];
  for (const anchor of numbers) {
    const operator = await provenCall(sql, log, anchor, 0);
    rollCalls.push({ anchor, operator, slot: await provenCall(sql, log, anchor, covering.slot) });
  }
  const last = rollCalls.at(-1) as EvidenceRollCall;
  const lastSize = decodeCall(last.slot.call).size;
  const named = beacons.flatMap((beacon) => (beacon === null ? [] : [beacon.anchorIndex]));
  return {
    checkpoint,
    consistency: await overTree(sql, siteTree(origin), lastSize, (read) =>
      consistencyPath(covering.size, lastSize, read),
    ),
    file: {
      records: recordsOf(register, rollCalls),
      rollCalls,
      anchors: {
        size: state.size,
        leaves: await leavesOf(sql, log, state.size, [...numbers, ...named]),
      },
      ledger: decodeState(state.state),
    },
  };
}

/** The operator's records up to the one called last, and the slot's records that were called. */
function recordsOf(
  register: Register,
  rollCalls: readonly EvidenceRollCall[],
): EvidenceFile['records'] {
  const recordOf = ({ call }: EvidenceRollCall['slot']) =>
    register.find(decodeCall(call).recordHash);
  const chain = register.operatorChain();
  const last = rollCalls.at(-1);
  const end = (last && recordOf(last.operator)?.rev) ?? chain.length - 1;
  const called = rollCalls.map(({ slot }) => recordOf(slot)?.cose);
  return {
    operator: chain.slice(0, end + 1).map(({ cose }) => cose),
    slot: [...new Set(called)].filter((cose) => cose !== undefined),
  };
}

async function leavesOf(
  sql: Sql,
  log: string,
  size: number,
  numbers: readonly number[],
): Promise<EvidenceAnchor[]> {
  const anchors: AnchorRow[] = [];
  for (const index of [...new Set(numbers)].sort((a, b) => a - b)) {
    const anchor = index < size ? await anchorAt(sql, log, index) : null;
    if (anchor !== null) anchors.push(anchor); // a beacon beyond the proven state: the judge says so
  }
  // All paths in one walk: a range names a beacon every ten minutes, and they share their tiles.
  const paths = await overTree(sql, log, size, (read) =>
    anchors.map(({ number }) => inclusionPath(number, size, read)),
  );
  return anchors.map(({ number, rollRoot, slots, blockNumber, blockTime, parentHash }, at) => ({
    ...{ index: number, rollRoot, slots, blockNumber, blockTime, parentHash },
    path: paths[at] as Uint8Array[],
  }));
}

export function decodeState(bytes: Uint8Array): NonNullable<EvidenceFile['ledger']> {
  const [header, account, storage] = decodeCbor(bytes) as [
    Uint8Array,
    Uint8Array[],
    [Uint8Array[], Uint8Array[]],
  ];
  return { header: toBytes(header), account, storage };
}
