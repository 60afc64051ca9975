/**
 * What a gateway can say of itself, for its page and its commands.
 * @module
 */
import type { AgentStatus, JournalUsage, SourceHealth } from '@sigill/edge';
import {
  agentId,
  equalBytes,
  generationOf,
  type LedgerPolicy,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import type { Conflict } from './admission/conflicts.ts';
import type { AgentLinks, LinkStatus } from './agents/link.ts';
import type { BrokerStatus } from './broker/broker.ts';
import type { CloudWay } from './cloud-way.ts';
import type { NextLogStatus } from './enrolment/next-log.ts';
import type { GatewayEvent } from './events.ts';
import type { Ledger, LedgerStatus } from './ledger/ledger.ts';
import type { Register } from './register.ts';
import type { Site } from './site.ts';
import type { CloudUplinkStatus } from './uplink/cloud-uplink.ts';

export interface GatewayStatus {
  readonly origin: string;
  readonly logSize: number;
  /** Of the log at that size, in hexadecimal. */
  readonly logRoot: string;
  /** Why the site log does not grow; null: it does. */
  readonly closedFor: string | null;
  readonly record: RecordStatus;
  /** This box's own. */
  readonly agent: AgentStatus;
  readonly remoteAgents: readonly RemoteAgentStatus[];
  readonly sources: readonly SourceHealth[];
  /** Null: none is configured. */
  readonly broker: BrokerStatus | null;
  readonly cloud: CloudUplinkStatus | 'none';
  readonly ledger: LedgerStatus | 'not anchored';
  readonly anchoring: AnchoringStatus;
  /** Of the data directory's file system; null where it cannot be told. */
  readonly disk: DiskUse | null;
  /** Batches of remote agents that wait for the cloud. */
  readonly held: JournalUsage;
  /** When a batch last entered the site log, ms since the Unix epoch; null: not since the start. */
  readonly loggedAt: number | null;
  /** Agents whose keys are out. */
  readonly quarantined: readonly Conflict[];
  /** The newest first. */
  readonly alarms: readonly ToldAlarm[];
}

/** Of the slot's record in force. */
export interface RecordStatus {
  readonly slot: number;
  readonly rev: number;
  /** Which of this site's logs this is, from 1. */
  readonly generation: number;
  /** Where and why the operator closed it; null: it is open. */
  readonly closed: { readonly size: number; readonly cause: string } | null;
}

export function recordStatus({ slot: { record } }: Register): RecordStatus {
  const { slot, rev, closed } = record;
  return {
    ...{ slot, rev, generation: generationOf(record) },
    closed: closed && { size: closed.size, cause: closed.cause },
  };
}

/** Who puts this gateway's log on a ledger. */
export interface AnchoringStatus {
  /** `notary`: the operator's, beside the cloud. */
  readonly by: 'this gateway' | 'notary' | 'nobody';
  /** The newest final one that calls this log, as the notary's work is known here; null: none since the start. */
  readonly last: { readonly index: number; readonly at: number; readonly size: number } | null;
}

export function anchoringStatus(
  ledger: Ledger | null,
  policy: LedgerPolicy | null,
  cloud: Pick<CloudWay, 'anchored'> | null,
): AnchoringStatus {
  if (ledger !== null) return { by: 'this gateway', last: null };
  if (policy === null || cloud === null) return { by: 'nobody', last: null };
  const newest = cloud.anchored();
  const last =
    newest === null || newest.size === null
      ? null
      : { index: newest.beacon.anchorIndex, at: newest.at, size: newest.size };
  return { by: 'notary', last };
}

/** With what comes after the log in force. */
export interface ToldStatus extends GatewayStatus {
  /** Null: nobody has asked for a next log. */
  readonly nextLog: NextLogStatus | null;
}

export interface DiskUse {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface RemoteAgentStatus extends LinkStatus {
  /** As it was enrolled; null when that is not known here. */
  readonly name: string | null;
  readonly state: 'open' | 'quarantined' | 'revoked';
}

/** Every agent of the record but this box's own, heard of or not. */
export function remoteAgents(
  record: SlotRecord,
  own: Uint8Array,
  { heads, conflicts, knownAgents }: Site,
  links: AgentLinks,
): RemoteAgentStatus[] {
  const heard = new Map(links.status().map((link) => [link.agent, link]));
  return record.agents
    .map(({ key, state }) => ({ id: agentId(key), state }))
    .filter(({ id }) => !equalBytes(id, own))
    .map(({ id, state }) => {
      const agent = toHex(id);
      const quarantined = conflicts.of(id) !== null;
      return {
        ...(heard.get(agent) ?? { ...UNHEARD, agent, lastBatch: heads.of(id)?.batch ?? null }),
        name: knownAgents.find(agent)?.name ?? null,
        state: state === 'revoked' ? 'revoked' : quarantined ? 'quarantined' : 'open',
      };
    });
}

const UNHEARD = {
  ...{ connected: false, lastSeen: null, batches: 0, lag: null },
  ...{ software: null, said: null },
} as const;

export interface ToldAlarm extends GatewayEvent {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

// As many as a page shows.
const MAX_ALARMS = 50;

/** The alarms of this run, each trouble once. */
export function createAlarmBook(now: () => number) {
  const alarms = new Map<string, ToldAlarm>();
  return {
    note(event: GatewayEvent): void {
      if (event.level !== 'alarm') return;
      const name = `${event.what} ${event.facts?.agent ?? ''}`;
      const before = alarms.get(name);
      alarms.delete(name);
      const at = { firstAt: before?.firstAt ?? now(), lastAt: now() };
      alarms.set(name, { ...event, ...at, times: (before?.times ?? 0) + 1 });
      for (const oldest of alarms.keys()) {
        if (alarms.size <= MAX_ALARMS) break;
        alarms.delete(oldest);
      }
    },
    list: (): ToldAlarm[] => [...alarms.values()].toReversed(),
  };
}
