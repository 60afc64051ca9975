/** Who is in, as the operator looks at it: every slot with its boxes, and how far its log is held. */
import {
  agentId,
  boxesOf,
  equalBytes,
  fromBase64,
  type Opened,
  type SlotRecord,
  toBase64,
  toHex,
} from '@sigill/evidence';
import type { BoxRow } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import { CloudError } from '../errors.ts';
import { type LogHead, readLogHead } from '../ingest/log-head.ts';
import type { Register } from '../register/register.ts';
import type { HeadOf } from './records.ts';

export interface SlotView {
  readonly slot: number;
  readonly rev: number;
  readonly origin: string;
  /** How far the cloud holds its log: what it would be closed at. Root: base64. */
  readonly head: { readonly size: number; readonly root: string };
  /** How its log ended, for ever; null: it is open. */
  readonly closed: { readonly size: number; readonly cause: string } | null;
  /** The log that this one goes on from; null: it is a first one. */
  readonly continues: string | null;
  /** base64, as the operator signed it. */
  readonly record: string;
  readonly agents: readonly AgentView[];
}

export interface AgentView {
  readonly agent: string;
  readonly kind: string;
  /** Null where nobody enrolled it here. */
  readonly name: string | null;
  readonly fingerprint: string;
  readonly state: 'active' | 'revoked';
}

/** By slot. */
export async function viewSlots(
  database: Database,
  register: Register,
  boxes: readonly BoxRow[],
): Promise<SlotView[]> {
  const slots = register.slots().toSorted((one, other) => one.record.slot - other.record.slot);
  const heads = await database.read(async (sql) => {
    const read: LogHead[] = [];
    for (const { record } of slots) read.push(await readLogHead(sql, record.origin));
    return read;
  });
  return slots.map((slot, at) => viewSlot(slot, heads[at] as LogHead, register, boxes));
}

/** @throws CloudError ORIGIN_UNKNOWN */
export function headsIn(slots: readonly SlotView[]): HeadOf {
  return (origin) => {
    const found = slots.find((slot) => slot.origin === origin);
    if (found === undefined) throw new CloudError('ORIGIN_UNKNOWN', `no record names ${origin}`);
    return { size: found.head.size, root: fromBase64(found.head.root) };
  };
}

function viewSlot(
  slot: Opened<SlotRecord>,
  head: LogHead,
  register: Register,
  boxes: readonly BoxRow[],
): SlotView {
  const { slot: number, rev, origin, closed, continues, agents } = slot.record;
  const before = continues === null ? undefined : register.find(continues);
  return {
    ...{ slot: number, rev, origin },
    head: { size: head.size, root: toBase64(head.root) },
    closed: closed && { size: closed.size, cause: closed.cause },
    continues: before?.origin ?? null,
    record: toBase64(register.find(slot.hash)?.cose ?? new Uint8Array(0)),
    agents: agents.map((agent) => viewAgent(slot, agent, boxes)),
  };
}

function viewAgent(
  slot: Opened<SlotRecord>,
  { key, state }: SlotRecord['agents'][number],
  boxes: readonly BoxRow[],
): AgentView {
  // A box that asked for a next log was enrolled before, by the request that says what it is called.
  const row = boxes.find(
    ({ kind, agentKey }) => kind !== 'generation' && equalBytes(agentKey, key),
  );
  // What was never enrolled here came as a gateway's first record: its own agent.
  const alone = row?.kind === 'agent';
  const box = boxesOf(slot).find(
    ({ agentKey, logKey }) => equalBytes(agentKey, key) && (logKey === null) === alone,
  );
  return {
    agent: toHex(agentId(key)),
    kind: row?.kind ?? 'gateway',
    name: row?.name ?? null,
    fingerprint: box?.fingerprint ?? '',
    state,
  };
}
