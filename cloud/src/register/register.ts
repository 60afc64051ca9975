/**
 * Who may sign what: the operator's records as the cloud knows them. They come from files at the start and
 * with every anchor; each is checked against the ones before it and kept for ever.
 * @module
 */
import {
  assertRecordFollows,
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
import { addRecord, listRecords, type RecordRow } from '../database/register-records.ts';
import { addSiteLog } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';

export interface Register {
  /** The operator's records from the first on, as signed. */
  operatorChain(): readonly Uint8Array[];
  operatorHashes(): readonly Uint8Array[];
  /** The current record of the slot of this site log. @throws CloudError ORIGIN_UNKNOWN */
  slotOf(origin: string): Opened<SlotRecord>;
  slots(): readonly Opened<SlotRecord>[];
  /** Takes a record in; one known already changes nothing. @throws CloudError, EvidenceError */
  admit(cose: Uint8Array): Promise<void>;
}

/** @param firstKeyHash SHA-256 of the operator's first key, from the policy */
export async function openRegister(
  database: Database,
  firstKeyHash: Uint8Array,
): Promise<Register> {
  const rows = await database.read(listRecords);
  const operator = rows.filter(({ slot }) => slot === 0).map(({ cose }) => cose);
  let opened: Opened<OperatorRecord>[] =
    operator.length === 0 ? [] : openOperatorChain(operator, firstKeyHash);
  const newest = new Map<number, Opened<SlotRecord>>();
  for (const { slot, cose } of rows) if (slot !== 0) newest.set(slot, readSlotRecord(cose));
  const known = new Set(rows.map(({ recordHash }) => hex(recordHash)));

  async function keep(row: RecordRow): Promise<void> {
    await database.write(async (sql) => {
      await addRecord(sql, row);
      if (row.origin !== null) await addSiteLog(sql, row.origin);
    });
    known.add(hex(row.recordHash));
  }

  async function admitOperator(cose: Uint8Array): Promise<void> {
    const alone = opened.find((_, rev) => equalBytes(operator[rev] ?? new Uint8Array(0), cose));
    if (alone !== undefined) return;
    const longer = openOperatorChain([...operator, cose], firstKeyHash);
    const { record, hash } = longer.at(-1) as Opened<OperatorRecord>;
    await keep({ slot: 0, rev: record.rev, recordHash: hash, cose, origin: null });
    operator.push(cose);
    opened = longer;
  }

  async function admitSlot(cose: Uint8Array, hash: Uint8Array): Promise<void> {
    if (known.has(hex(hash))) return;
    const next = openWithAny(cose, opened);
    const { record } = next;
    assertSucceeds(newest.get(record.slot) ?? null, record);
    const other = [...newest.values()].find(
      (held) =>
        held.record.slot !== record.slot &&
        (held.record.origin === record.origin || equalBytes(held.record.logKey, record.logKey)),
    );
    if (other !== undefined) {
      throw new CloudError(
        'RECORD_TAKEN',
        `slot ${record.slot} has the origin or log key of slot ${other.record.slot}`,
      );
    }
    await keep({
      slot: record.slot,
      rev: record.rev,
      recordHash: hash,
      cose,
      origin: record.origin,
    });
    newest.set(record.slot, next);
  }

  return {
    operatorChain: () => operator,
    operatorHashes: () => opened.map(({ hash }) => hash),
    slotOf(origin) {
      const found = [...newest.values()].find(({ record }) => record.origin === origin);
      if (found !== undefined) return found;
      throw new CloudError(
        'ORIGIN_UNKNOWN',
        `no record names ${origin}: add its operator-signed record to records in cloud.yaml`,
      );
    },
    slots: () => [...newest.values()],
    async admit(cose) {
      const slot = tryReadSlot(cose);
      await (slot === null ? admitOperator(cose) : admitSlot(cose, slot.hash));
    },
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

// An anchor carries the record of its moment: revisions in between may never have been anchored. What must
// hold from one to the next holds over several too, all but the hash of the one just before.
function assertSucceeds(last: Opened<SlotRecord> | null, next: SlotRecord): void {
  if (last === null) return;
  const skipped = next.rev > last.record.rev + 1;
  assertRecordFollows(
    skipped ? { record: { ...last.record, rev: next.rev - 1 }, hash: next.previous } : last,
    next,
  );
}

// The operator's key may have been replaced since; an older key of the chain still signs for its time.
function openWithAny(
  cose: Uint8Array,
  chain: readonly Opened<OperatorRecord>[],
): Opened<SlotRecord> {
  let last: unknown = new CloudError('RECORD_TAKEN', 'no operator record yet: it comes first');
  for (const { record } of chain.toReversed()) {
    try {
      return openSlotRecord(cose, record.key);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function tryReadSlot(cose: Uint8Array): Opened<SlotRecord> | null {
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
