/**
 * Who may sign what: the operator's records as the cloud knows them. They come from files at the start and
 * with every anchor; each is checked against the ones before it and kept for ever.
 * @module
 */
import {
  type Closing,
  EvidenceError,
  equalBytes,
  findAgent,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  type RegisteredAgent,
  readSlotRecord,
  type SlotRecord,
} from '@sigill/evidence';
import type { Database } from '../database/database.ts';
import { settleAgentConflicts } from '../database/quarantine.ts';
import { addRecord, listRecords, type RecordRow } from '../database/register-records.ts';
import { addSiteLog } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';
import { endSiteLog } from '../ingest/end-site-log.ts';
import { createTurns } from '../ingest/turns.ts';
import { assertMayJoin, continuationOf } from './register-rules.ts';

export interface Register {
  /** The operator's records from the first on, as signed. */
  operatorChain(): readonly RecordRow[];
  /** The operator's key in force. */
  operatorKey(): Uint8Array;
  /** The current record of this site log's slot. @throws CloudError ORIGIN_UNKNOWN */
  slotOf(origin: string): Opened<SlotRecord>;
  /** The current record of a slot. */
  slot(slot: number): Opened<SlotRecord> | undefined;
  slots(): readonly Opened<SlotRecord>[];
  /** Every revision of a slot that came here, oldest first. */
  recordsOf(slot: number): readonly RecordRow[];
  /** The records of the generations that go on from a slot's log, oldest first; none while it goes on itself. */
  recordsAfter(slot: number): readonly RecordRow[];
  /** A record by its hash, with all the revisions a slot had. */
  find(recordHash: Uint8Array): RecordRow | undefined;
  /** Takes a record in; one known already changes nothing. @throws CloudError, EvidenceError */
  admit(cose: Uint8Array): Promise<void>;
}

/** @param firstKeyHash SHA-256 of the operator's first key, from the policy */
export async function openRegister(
  database: Database,
  firstKeyHash: Uint8Array,
  now: () => number,
): Promise<Register> {
  const rows = await database.read(listRecords);
  const chain = () => recordsOf(0);
  const openChain = (...more: Uint8Array[]) =>
    openOperatorChain([...chain().map(({ cose }) => cose), ...more], firstKeyHash);
  const newest = new Map<number, Opened<SlotRecord>>();
  for (const { slot, cose } of rows) if (slot !== 0) newest.set(slot, readSlotRecord(cose));
  // A fleet's gateways ask by origin with every request, its notary by slot and by hash.
  const slotNumbers = new Map([...newest].map(([slot, { record }]) => [record.origin, slot]));
  const bySlot = new Map<number, RecordRow[]>();
  const byHash = new Map<string, RecordRow>();
  for (const row of rows) index(row);

  function index(row: RecordRow): void {
    bySlot.set(row.slot, [...(bySlot.get(row.slot) ?? []), row]);
    byHash.set(hex(row.recordHash), row);
  }

  async function keep(row: RecordRow, closed: Closing | null = null): Promise<void> {
    await database.write(async (sql) => {
      await addRecord(sql, row);
      if (row.origin === null) return;
      await addSiteLog(sql, row.origin);
      await settleAgentConflicts(sql, row.origin);
      if (closed !== null) await endSiteLog(sql, row.origin, closed, now());
    });
    index(row);
  }

  async function admitOperator(cose: Uint8Array): Promise<void> {
    if (chain().some((row) => equalBytes(row.cose, cose))) return;
    const { record, hash } = openChain(cose).at(-1) as Opened<OperatorRecord>;
    await keep({ slot: 0, rev: record.rev, recordHash: hash, cose, origin: null, at: now() });
  }

  async function admitSlot(cose: Uint8Array): Promise<void> {
    const next = openWithAny(cose, openChain());
    const { slot, rev, origin, closed } = next.record;
    assertMayJoin(next.record, [...newest.values()]);
    await keep({ slot, rev, recordHash: next.hash, cose, origin, at: now() }, closed);
    newest.set(slot, next);
    slotNumbers.set(origin, slot);
  }

  async function admit(cose: Uint8Array): Promise<void> {
    const slot = readIfSlot(cose);
    if (slot === null) await admitOperator(cose);
    else if (find(slot.hash) === undefined) await admitSlot(cose);
  }

  const recordsOf = (slot: number) => bySlot.get(slot) ?? [];

  function recordsAfter(slot: number): readonly RecordRow[] {
    const next = continuationOf(newest.get(slot), [...newest.values()])?.record.slot;
    return next === undefined ? [] : [...recordsOf(next), ...recordsAfter(next)];
  }

  // One after another: two records for one slot must not both find it as it was.
  const turns = createTurns();
  const find = (hash: Uint8Array) => byHash.get(hex(hash));
  return {
    operatorChain: chain,
    operatorKey: () => (openChain().at(-1) as Opened<OperatorRecord>).record.key,
    slotOf(origin) {
      const found = newest.get(slotNumbers.get(origin) ?? 0);
      if (found !== undefined) return found;
      throw new CloudError(
        'ORIGIN_UNKNOWN',
        `no record names ${origin}: add its operator-signed record to records in cloud.yaml`,
      );
    },
    slot: (slot) => newest.get(slot),
    slots: () => [...newest.values()],
    recordsOf,
    recordsAfter,
    find,
    admit: (cose) => turns.take('admit', () => admit(cose)),
  };
}

/** @throws CloudError AGENT_UNKNOWN, AGENT_REVOKED */
export function activeAgent(record: SlotRecord, agent: Uint8Array): RegisteredAgent {
  const found = findAgent(record, agent);
  if (found === undefined) {
    throw new CloudError(
      'AGENT_UNKNOWN',
      `agent ${hex(agent)} is not in the record of ${record.origin}`,
    );
  }
  if (found.state === 'active') return found;
  throw new CloudError(
    'AGENT_REVOKED',
    `agent ${hex(agent)} is revoked in the record of ${record.origin}`,
  );
}

// The operator's key may have been replaced since; an older key of the chain still signs for its time.
function openWithAny(
  cose: Uint8Array,
  chain: readonly Opened<OperatorRecord>[],
): Opened<SlotRecord> {
  let last: unknown;
  for (const { record } of chain.toReversed()) {
    try {
      return openSlotRecord(cose, record.key);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function readIfSlot(cose: Uint8Array): Opened<SlotRecord> | null {
  try {
    return readSlotRecord(cose);
  } catch (error) {
    if (error instanceof EvidenceError && error.code === 'RECORD_FORM') return null;
    throw error;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
