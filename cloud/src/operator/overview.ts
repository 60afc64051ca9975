/**
 * What the operator looks at: who waits, who is in, which codes are out. Requests and records go along as they
 * were signed, so that the operator's own machine checks them itself.
 * @module
 */
import {
  boxFingerprint,
  type EnrolmentKind,
  equalBytes,
  MAX_WRONG_CODES,
  nextOrigin,
  type Opened,
  readOperatorRecord,
  type SlotRecord,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { type BoxRow, listBoxes } from '../database/boxes.ts';
import type { Sql } from '../database/database.ts';
import { countErasures, listErasures, openErasures } from '../database/erasures.ts';
import { type InvitationRow, listInvitations } from '../database/invitations.ts';
import type { RecordRow } from '../database/register-records.ts';
import { standingOf } from '../enrolment/outcomes.ts';
import type { OperatorParts } from './operator.ts';
import { keyFingerprint } from './sign-record.ts';
import { type SlotView, viewSlots } from './slot-views.ts';

export interface Overview {
  readonly cloud: {
    readonly url: string;
    /** `sha256/…` */
    readonly certificate: string | null;
    readonly origins: string;
    readonly holdsKey: boolean;
    readonly operator: string;
    /** Since when its key is in force here; null: nobody noted it. */
    readonly operatorSince: number | null;
    /** base64 of the operator's records, the first one first. */
    readonly chain: readonly string[];
    readonly now: number;
  };
  readonly waiting: readonly WaitingBox[];
  readonly slots: readonly SlotView[];
  readonly invitations: readonly InvitationView[];
  readonly erasures: ErasuresView;
}

export interface ErasuresView {
  readonly total: number;
  /** Of them, how many are not carried out yet. */
  readonly open: number;
  /** The newest first; not all of them. */
  readonly newest: readonly ErasureView[];
}

export interface ErasureView {
  readonly agent: string;
  readonly seq: number;
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly reason: string;
  readonly at: number;
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

export interface InvitationView {
  readonly id: string;
  readonly kind: string;
  readonly madeFor: string | null;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly wrong: number;
  readonly state: 'open' | 'used' | 'expired' | 'void' | 'withdrawn';
}

// The list itself has its own route.
const SHOWN_ERASURES = 20;

type OverviewParts = OperatorParts & { readonly holdsKey: boolean };

export async function readOverview(parts: OverviewParts): Promise<Overview> {
  const { database, register, origins } = parts;
  const boxes = await database.read(listBoxes);
  const invitations = await database.read(listInvitations);
  const slots = register.slots();
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
      operatorSince: sinceOf(chain),
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
    slots: await viewSlots(database, register, boxes, parts.heardOf),
    invitations: invitations.map((row) => viewInvitation(row, parts.now())),
    erasures: await database.read(viewErasures),
  };
}

async function viewErasures(sql: Sql): Promise<ErasuresView> {
  const newest = await listErasures(sql, SHOWN_ERASURES);
  return {
    total: await countErasures(sql),
    open: (await openErasures(sql)).length,
    newest: newest.map(({ agent, seq, source, device, n, reason, at }) => ({
      ...{ agent: toHex(agent), seq, source, device, n, reason, at },
    })),
  };
}

/** The first record in force with the key that signs today. */
function sinceOf(chain: readonly RecordRow[]): number | null {
  const keys = chain.map(({ cose }) => readOperatorRecord(cose).record.key);
  const last = keys.at(-1);
  const first = keys.findLastIndex((key) => last === undefined || !equalBytes(key, last)) + 1;
  return chain[first]?.at ?? null;
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
