/**
 * What a batch must show for its seal to have a place in the site log, after those that wait before it.
 * @module
 */
import {
  type BatchHeader,
  type ChainHead,
  checkContents,
  checkSeal,
  decodeBatch,
  decodeSeal,
  EvidenceError,
  equalBytes,
  headerHash,
  leafHash,
  logsOf,
  type OpenedSeal,
  openSeal,
  toHex,
} from '@sigill/evidence';
import type { BatchStore } from '../agents/batch-store.ts';
import type { HeldEntry } from '../agents/held-records.ts';
import { GatewayError } from '../errors.ts';
import { activeAgent, type Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { type ChainHeads, type LoggedHead, toLoggedHead } from './chain-heads.ts';
import type { Conflicts } from './conflicts.ts';
import { streamsAfter } from './stream-heads.ts';

export interface PlaceParts {
  readonly log: SiteLog;
  readonly heads: ChainHeads;
  readonly store: BatchStore;
  readonly conflicts: Conflicts;
  readonly register: () => Register;
  /** The agent of this box, which keeps its batches itself. */
  readonly own: Uint8Array;
}

/** What is to be appended: a head per agent that moves on within the group. */
export interface Group {
  readonly seals: Uint8Array[];
  readonly held: HeldEntry[];
  readonly heads: Map<string, LoggedHead>;
}

/** A batch of this box's own agent, with what the process that stamped and sealed it knows of it. */
export interface OwnBatch {
  readonly bytes: Uint8Array;
  readonly seal: Uint8Array;
  readonly streams: HeldEntry['streams'];
}

/**
 * The index the seal has or will have.
 * @param given bytes, which are read and checked whole; or a batch of which only the seal is
 */
export async function place(
  parts: PlaceParts,
  given: Uint8Array | OwnBatch,
  size: number,
  group: Group,
): Promise<number> {
  const { conflicts, heads } = parts;
  const { bytes, seal, streamsOf } = asInvalid(() => take(given));
  const claimed = asInvalid(() => decodeSeal(seal));
  const { agent, batch } = claimed.header;
  const own = equalBytes(agent, parts.own);
  if (!own && !(given instanceof Uint8Array)) throw notOwn(agent);
  const { slot } = parts.register();
  const { key } = activeAgent(slot, agent);
  const name = toHex(agent);
  const head = group.heads.get(name) ?? heads.of(agent);
  assertNotInherited(claimed, heads.inherited(agent));

  if (head !== null && batch <= head.batch) {
    const logged = batch === head.batch ? head : heads.find(agent, batch);
    if (logged?.index != null && equalBytes(logged.headerHash, headerHash(claimed.headerBytes))) {
      return logged.index;
    }
  }
  const conflict = conflicts.of(agent);
  if (conflict !== null || contradicts(claimed, head)) {
    asInvalid(() => openSeal(seal, key)); // only a true signature tells against its key
    if (conflict === null) throw await conflicts.putAway(claimed, bytes);
    throw new GatewayError('AGENT_QUARANTINED', conflicts.of(agent)!.technician);
  }
  const next = head === null ? 0 : head.batch + 1;
  if (batch !== next) {
    throw new GatewayError('BATCH_NOT_NEXT', `agent ${name}: batch ${next} expected, got ${batch}`);
  }
  const logs = logsAfter(parts, claimed.header, head, size, group);
  const checked = asInvalid(() => checkSeal(seal, key, logs, head));
  const streams = asInvalid(() => streamsOf(checked.header));
  if (!own) assertRoom(parts.store, bytes.length);
  const index = size + group.seals.length;
  group.seals.push(seal);
  group.held.push({ agent, leaf: leafHash(seal), batch: own ? null : bytes, streams });
  group.heads.set(name, toLoggedHead(checked, index));
  return index;
}

interface Taken {
  readonly bytes: Uint8Array;
  readonly seal: Uint8Array;
  /** @throws EvidenceError when the contents are not what the header says */
  streamsOf(header: BatchHeader): HeldEntry['streams'];
}

function take(given: Uint8Array | OwnBatch): Taken {
  if (!(given instanceof Uint8Array)) return { ...given, streamsOf: () => given.streams };
  const batch = decodeBatch(given);
  return {
    bytes: given,
    seal: batch.seal,
    streamsOf: (header) => streamsAfter(checkContents(batch, header).readings),
  };
}

/** @throws GatewayError BATCH_INHERITED for a batch that stands, as it is, in an earlier generation of this log */
function assertNotInherited({ header, headerBytes }: OpenedSeal, left: ChainHead | null): void {
  if (left === null || header.batch > left.batch) return;
  // Below its last one nothing is known here; who has another past shows it there.
  const isOther =
    header.batch === left.batch && !equalBytes(headerHash(headerBytes), left.headerHash);
  if (isOther) return;
  throw new GatewayError(
    'BATCH_INHERITED',
    `batch ${header.batch} of agent ${toHex(header.agent)} stands in the log before this one, which left this agent at batch ${left.batch}: it is settled`,
  );
}

/** The logs that the header may name. A chain goes one way: who has named a generation names none before it. */
function logsAfter(
  { log, register }: PlaceParts,
  header: BatchHeader,
  head: LoggedHead | null,
  size: number,
  { seals }: Group,
): Uint8Array[] {
  if (equalBytes(header.log, log.id)) return [log.id];
  const logs = logsOf(register().slot.record);
  if (head === null || head.index === null) return logs;
  const before = seals[head.index - size] ?? log.entries(head.index, head.index + 1)[0]!;
  const named = decodeSeal(before).header.log;
  return logs.slice(0, logs.findIndex((one) => equalBytes(one, named)) + 1);
}

/** A second header for a batch that has one, or a header that follows another one than we hold. */
function contradicts({ header }: OpenedSeal, head: LoggedHead | null): boolean {
  if (head === null) return false;
  if (header.batch <= head.batch) return true;
  return header.batch === head.batch + 1 && !equalBytes(header.previous, head.headerHash);
}

function notOwn(agent: Uint8Array): GatewayError {
  return new GatewayError(
    'BATCH_INVALID',
    `agent ${toHex(agent)} is not that of this box: its batches are read and checked whole`,
  );
}

function assertRoom(store: BatchStore, bytes: number): void {
  if (store.hasRoom(bytes)) return;
  const held = Math.floor(store.usage().maxBytes / 2 ** 20);
  throw new GatewayError(
    'BATCH_STORE_FULL',
    `${held} MiB of batches wait at the gateway for its cloud and no more fit; this agent keeps its own until the cloud is reached: see why it is not`,
    { retryable: true },
  );
}

function asInvalid<T>(check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new GatewayError('BATCH_INVALID', `${cause.code}: ${cause.message}`, { cause });
  }
}
