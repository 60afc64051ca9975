/** Who is in, as the operator looks at it: every slot with its boxes, and how far its log is held. */
import {
  agentId,
  boxFingerprint,
  type ChainHead,
  fromBase64,
  type Opened,
  readSlotRecord,
  type SlotRecord,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { chainHead } from '../database/agent-chains.ts';
import type { BoxRow } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import type { RecordRow } from '../database/register-records.ts';
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
  /** When its gateway last brought something; null: not since this cloud's start. */
  readonly heardAt: number | null;
  /** When its first record came here; null: nobody noted it. */
  readonly since: number | null;
  readonly agents: readonly AgentView[];
}

export interface AgentView {
  readonly agent: string;
  readonly kind: string;
  /** Null where nobody enrolled it here. */
  readonly name: string | null;
  readonly fingerprint: string;
  readonly state: 'active' | 'revoked';
  /** When its key came here; null: nobody noted it. */
  readonly since: number | null;
  /** The last header that it signed, as an agent that takes over from it names it. Hash: base64. */
  readonly last: { readonly batch: number; readonly headerHash: string } | null;
  /** Whom it took over from. */
  readonly succeeds: string | null;
}

/** By slot. */
export async function viewSlots(
  database: Database,
  register: Register,
  boxes: readonly BoxRow[],
  heardOf: (origin: string) => number | null,
): Promise<SlotView[]> {
  const slots = register.slots().toSorted((one, other) => one.record.slot - other.record.slot);
  // A box that asked for a next log was enrolled before, by the request that says what it is called.
  const enrolled = boxes.filter(({ kind }) => kind !== 'generation');
  const rows = new Map(enrolled.map((row) => [toHex(row.agentKey), row]));
  return database.read(async (sql) => {
    const views: SlotView[] = [];
    for (const slot of slots) {
      const head = await readLogHead(sql, slot.record.origin);
      const lasts = new Map<string, ChainHead | null>();
      for (const { key } of slot.record.agents)
        lasts.set(toHex(key), await chainHead(sql, agentId(key)));
      views.push(viewSlot(slot, head, register, rows, lasts, heardOf(slot.record.origin)));
    }
    return views;
  });
}

/** @throws CloudError ORIGIN_UNKNOWN */
export function headsIn(slots: readonly SlotView[]): HeadOf {
  return (origin) => {
    const found = slots.find((slot) => slot.origin === origin);
    if (found === undefined) throw new CloudError('ORIGIN_UNKNOWN', `no record names ${origin}`);
    return { size: found.head.size, root: fromBase64(found.head.root) };
  };
}

/** @throws CloudError BOX_UNKNOWN, USAGE where nothing was ever sealed */
export function lastHeaderOf(slots: readonly SlotView[], fingerprint: string): Uint8Array {
  const agents = slots.filter(({ closed }) => closed === null).flatMap(({ agents }) => agents);
  const found = agents.find((agent) => agent.fingerprint === fingerprint);
  if (found === undefined)
    throw new CloudError('BOX_UNKNOWN', `no agent with the fingerprint ${fingerprint} is in`);
  if (found.last !== null) return fromBase64(found.last.headerHash);
  throw new CloudError(
    'USAGE',
    `${fingerprint} never sealed anything, so there is nothing to take over: revoke it, and approve without --succeeds`,
  );
}

function viewSlot(
  slot: Opened<SlotRecord>,
  head: LogHead,
  register: Register,
  rows: ReadonlyMap<string, BoxRow>,
  lasts: ReadonlyMap<string, ChainHead | null>,
  heardAt: number | null,
): SlotView {
  const { slot: number, rev, origin, closed, continues, agents } = slot.record;
  const before = continues === null ? undefined : register.find(continues);
  const history = register.recordsOf(number);
  return {
    ...{ slot: number, rev, origin, heardAt, since: history[0]?.at ?? null },
    head: { size: head.size, root: toBase64(head.root) },
    closed: closed && { size: closed.size, cause: closed.cause },
    continues: before?.origin ?? null,
    record: toBase64(register.find(slot.hash)?.cose ?? new Uint8Array(0)),
    agents: agents.map((agent) => {
      const row = rows.get(toHex(agent.key));
      const last = lasts.get(toHex(agent.key)) ?? null;
      return viewAgent(slot, agent, row, last, sinceOf(agent.key, history));
    }),
  };
}

function viewAgent(
  slot: Opened<SlotRecord>,
  { key, state, succeeds }: SlotRecord['agents'][number],
  row: BoxRow | undefined,
  last: ChainHead | null,
  since: number | null,
): AgentView {
  // What was never enrolled here came as a gateway's first record: its own agent.
  const logKey = row?.kind === 'agent' ? null : slot.record.logKey;
  return {
    agent: toHex(agentId(key)),
    kind: row?.kind ?? 'gateway',
    name: row?.name ?? null,
    fingerprint: boxFingerprint({ logKey, agentKey: key }),
    ...{ state, since, succeeds: succeeds && toHex(succeeds.agent) },
    last: last && { batch: last.batch, headerHash: toBase64(last.headerHash) },
  };
}

// A record never changes once it is signed.
const agentsIn = new WeakMap<RecordRow, readonly string[]>();

function sinceOf(key: Uint8Array, history: readonly RecordRow[]): number | null {
  const wanted = toHex(key);
  const first = history.find((row) => {
    const known =
      agentsIn.get(row) ?? readSlotRecord(row.cose).record.agents.map((one) => toHex(one.key));
    agentsIn.set(row, known);
    return known.includes(wanted);
  });
  return first?.at ?? null;
}
