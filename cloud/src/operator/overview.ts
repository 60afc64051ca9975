/**
 * What the operator looks at: who waits, who is in, which codes are out. Requests and records go along as they
 * were signed, so that the operator's own machine checks them itself.
 * @module
 */
import {
  agentId,
  boxesOf,
  boxFingerprint,
  type EnrolmentKind,
  equalBytes,
  fromBase64,
  MAX_WRONG_CODES,
  nextOrigin,
  type Opened,
  type SlotRecord,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { type BoxRow, listBoxes } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import { type InvitationRow, listInvitations } from '../database/invitations.ts';
import { standingOf } from '../enrolment/outcomes.ts';
import { CloudError } from '../errors.ts';
import { type LogHead, readLogHead } from '../ingest/log-head.ts';
import type { OperatorParts } from './operator.ts';
import type { HeadOf } from './records.ts';
import { keyFingerprint } from './sign-record.ts';

export interface Overview {
  readonly cloud: {
    readonly url: string;
    /** `sha256/…` */
    readonly certificate: string | null;
    readonly origins: string;
    readonly holdsKey: boolean;
    readonly operator: string;
    /** base64 of the operator's records, the first one first. */
    readonly chain: readonly string[];
    readonly now: number;
  };
  readonly waiting: readonly WaitingBox[];
  readonly slots: readonly SlotView[];
  readonly invitations: readonly InvitationView[];
}

export interface WaitingBox {
  readonly box: string;
  readonly kind: EnrolmentKind;
  readonly name: string;
  readonly fingerprint: string;
  /** What the code was made for. */
  readonly madeFor: string | null;
  /** The origin of the gateway that brought it; of a generation, the log that would be closed. */
  readonly gateway: string | null;
  /** What it would be called; of an agent, the log that it would send to. */
  readonly origin: string;
  readonly address: string;
  readonly askedAt: number;
  readonly clockOff: number;
  /** base64, as the box signed it. */
  readonly request: string;
}

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

export interface InvitationView {
  readonly id: string;
  readonly kind: string;
  readonly madeFor: string | null;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly wrong: number;
  readonly state: 'open' | 'used' | 'expired' | 'void' | 'withdrawn';
}

type OverviewParts = OperatorParts & { readonly holdsKey: boolean };

export async function readOverview(parts: OverviewParts): Promise<Overview> {
  const { database, register, origins } = parts;
  const boxes = await database.read(listBoxes);
  const invitations = await database.read(listInvitations);
  const slots = register.slots();
  const heads = await readHeads(database, slots);
  const chain = register.operatorChain();
  const madeFor = (id: string | null) => invitations.find((one) => one.id === id)?.madeFor ?? null;
  const waits = (row: BoxRow) => standingOf(row, slots).state === 'waiting';
  return {
    cloud: {
      url: parts.url(),
      certificate: parts.certificate && `sha256/${toBase64(parts.certificate)}`,
      origins,
      holdsKey: parts.holdsKey,
      operator: keyFingerprint(register.operatorKey()),
      chain: chain.map(({ cose }) => toBase64(cose)),
      now: parts.now(),
    },
    waiting: boxes.filter(waits).map((row) => ({
      box: toHex(row.box),
      kind: row.kind,
      name: row.name,
      fingerprint: boxFingerprint(row),
      madeFor: madeFor(row.invitation),
      gateway: row.gateway,
      origin: originFor(row, slots, origins),
      address: row.address,
      askedAt: row.askedAt,
      clockOff: row.clockOff,
      request: toBase64(row.request),
    })),
    slots: heads.map(([slot, head]) => {
      const { continues } = slot.record;
      const before = continues === null ? undefined : register.find(continues);
      const cose = register.find(slot.hash)?.cose;
      return viewSlot(slot, head, { cose, continues: before?.origin ?? null }, boxes);
    }),
    invitations: invitations.map((row) => viewInvitation(row, parts.now())),
  };
}

/** @throws CloudError ORIGIN_UNKNOWN */
export function headsIn(slots: readonly SlotView[]): HeadOf {
  return (origin) => {
    const found = slots.find((slot) => slot.origin === origin);
    if (found === undefined) throw new CloudError('ORIGIN_UNKNOWN', `no record names ${origin}`);
    return { size: found.head.size, root: fromBase64(found.head.root) };
  };
}

/** Each slot with how far its log is held, by slot. */
function readHeads(
  database: Database,
  slots: readonly Opened<SlotRecord>[],
): Promise<(readonly [Opened<SlotRecord>, LogHead])[]> {
  return database.read(async (sql) => {
    const heads: (readonly [Opened<SlotRecord>, LogHead])[] = [];
    for (const slot of slots.toSorted((one, other) => one.record.slot - other.record.slot))
      heads.push([slot, await readLogHead(sql, slot.record.origin)]);
    return heads;
  });
}

/** What the box's log is called or would be. */
function originFor(
  { kind, gateway, name }: BoxRow,
  slots: readonly Opened<SlotRecord>[],
  origins: string,
): string {
  if (gateway === null) return `${origins}/${name}`;
  const from = slots.find(({ record }) => record.origin === gateway);
  return kind === 'generation' && from !== undefined ? nextOrigin(from.record) : gateway;
}

function viewSlot(
  slot: Opened<SlotRecord>,
  head: LogHead,
  { cose, continues }: { cose: Uint8Array | undefined; continues: string | null },
  boxes: readonly BoxRow[],
): SlotView {
  const { slot: number, rev, origin, closed, agents } = slot.record;
  return {
    ...{ slot: number, rev, origin, continues },
    closed: closed && { size: closed.size, cause: closed.cause },
    head: { size: head.size, root: toBase64(head.root) },
    record: toBase64(cose ?? new Uint8Array(0)),
    agents: agents.map((agent) => {
      const row = boxes.find(
        ({ kind, agentKey }) => kind !== 'generation' && equalBytes(agentKey, agent.key),
      );
      // What was never enrolled here came as a gateway's first record: its own agent.
      const alone = row?.kind === 'agent';
      const box = boxesOf(slot).find(
        ({ agentKey, logKey }) => equalBytes(agentKey, agent.key) && (logKey === null) === alone,
      );
      return {
        agent: toHex(agentId(agent.key)),
        kind: row?.kind ?? 'gateway',
        name: row?.name ?? null,
        fingerprint: box?.fingerprint ?? '',
        state: agent.state,
      };
    }),
  };
}

function viewInvitation(row: InvitationRow, now: number): InvitationView {
  const { id, kind, madeFor, madeAt, expiresAt, wrong } = row;
  return { id, kind, madeFor, madeAt, expiresAt, wrong, state: stateOf(row, now) };
}

function stateOf(row: InvitationRow, now: number): InvitationView['state'] {
  if (row.usedBy !== null) return 'used';
  if (row.withdrawn) return 'withdrawn';
  if (row.wrong >= MAX_WRONG_CODES) return 'void';
  return now < row.expiresAt ? 'open' : 'expired';
}
