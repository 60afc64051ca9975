/**
 * What an agent must show before its seal enters the site log. Offers that come while the disk is
 * busy wait together: one append and one round of fsync for all of them, then their receipts leave.
 * @module
 */
import {
  checkBatch,
  decodeBatch,
  decodeSeal,
  EvidenceError,
  equalBytes,
  headerHash,
  type Opened,
  type OpenedSeal,
  openSeal,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import { activeAgent } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { type ChainHeads, type LoggedHead, toLoggedHead } from './chain-heads.ts';
import type { Quarantine } from './quarantine.ts';

export interface Admission {
  /**
   * Resolves when the seal is durable in the site log: now, or since an earlier offer of the same header.
   * @throws GatewayError BATCH_INVALID, BATCH_NOT_NEXT, BATCH_CONFLICT, AGENT_*, SITE_LOG_*
   */
  admit(batch: Uint8Array): Promise<Admitted>;
}

export interface Admitted {
  /** Of the seal in the site log. */
  readonly index: number;
  /** C2SP tlog-proof. */
  readonly receipt: string;
}

export interface AdmissionParts {
  readonly log: SiteLog;
  readonly heads: ChainHeads;
  readonly quarantine: Quarantine;
  readonly record: Opened<SlotRecord>;
  readonly tell: Tell;
}

interface Offer {
  readonly bytes: Uint8Array;
  readonly resolve: (admitted: Admitted) => void;
  readonly reject: (error: unknown) => void;
}

/** What is to be appended: a head per agent that moves on within the group. */
interface Group {
  readonly seals: Uint8Array[];
  readonly heads: Map<string, LoggedHead>;
  readonly placed: { readonly offer: Offer; readonly index: number }[];
}

// Bounds what one append holds in memory and how long the first of a group waits for its receipt.
const MAX_GROUP = 1_024;

export function createAdmission(parts: AdmissionParts): Admission {
  const { log, heads } = parts;
  let waiting: Offer[] = [];
  let running = false;

  async function work(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const offers = waiting.slice(0, MAX_GROUP);
      waiting = waiting.slice(MAX_GROUP);
      await admitGroup(offers);
    }
    running = false;
  }

  async function admitGroup(offers: readonly Offer[]): Promise<void> {
    const size = log.head().size;
    const group: Group = { seals: [], heads: new Map(), placed: [] };
    for (const offer of offers) {
      try {
        group.placed.push({ offer, index: await place(parts, offer.bytes, size, group) });
      } catch (error) {
        offer.reject(error);
      }
    }
    try {
      await log.append(group.seals, size);
      await heads.follow();
      for (const { offer, index } of group.placed) {
        offer.resolve({ index, receipt: log.receipt(index) });
      }
    } catch (error) {
      for (const { offer } of group.placed) offer.reject(error);
    }
  }

  return {
    admit(bytes) {
      return new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject });
        if (!running) void work();
      });
    },
  };
}

/** The index the seal has or will have. */
async function place(
  parts: AdmissionParts,
  bytes: Uint8Array,
  size: number,
  group: Group,
): Promise<number> {
  const claimed = asInvalid(() => decodeSeal(decodeBatch(bytes).seal));
  const { agent, batch } = claimed.header;
  const { key } = activeAgent(parts.record, agent);
  const name = toHex(agent);
  const head = group.heads.get(name) ?? parts.heads.of(agent);

  if (head !== null && batch <= head.batch) {
    const logged = batch === head.batch ? head : parts.heads.find(agent, batch);
    if (logged !== null && equalBytes(logged.headerHash, headerHash(claimed.headerBytes))) {
      return logged.index;
    }
  }
  assertNotCaught(parts.quarantine, agent);
  if (contradicts(claimed, head)) {
    asInvalid(() => openSeal(decodeBatch(bytes).seal, key)); // only a true signature tells against its key
    throw await putAway(parts, claimed, bytes);
  }
  const next = head === null ? 0 : head.batch + 1;
  if (batch !== next) {
    throw new GatewayError('BATCH_NOT_NEXT', `agent ${name}: batch ${next} expected, got ${batch}`);
  }
  const checked = asInvalid(() => checkBatch(bytes, key, [parts.log.id], head));
  const index = size + group.seals.length;
  group.seals.push(checked.seal);
  group.heads.set(name, toLoggedHead(checked, index));
  return index;
}

/** A second header for a batch that has one, or a header that follows another one than we hold. */
function contradicts({ header }: OpenedSeal, head: LoggedHead | null): boolean {
  if (head === null) return false;
  if (header.batch <= head.batch) return true;
  return header.batch === head.batch + 1 && !equalBytes(header.previous, head.headerHash);
}

async function putAway(
  { quarantine, tell }: AdmissionParts,
  { header }: OpenedSeal,
  bytes: Uint8Array,
): Promise<GatewayError> {
  const name = toHex(header.agent);
  await quarantine.keep(header.agent, header.batch, bytes);
  const text = `agent ${name} signed two histories: batch ${header.batch} differs from the one in the site log; its key is out until the operator has looked: a cloned card is revoked, a restored one gets a new key`;
  tell({
    level: 'alarm',
    what: 'BATCH_CONFLICT',
    text,
    facts: { agent: name, batch: header.batch },
  });
  return new GatewayError('BATCH_CONFLICT', text);
}

function assertNotCaught(quarantine: Quarantine, agent: Uint8Array): void {
  const batch = quarantine.caughtAt(agent);
  if (batch === null) return;
  throw new GatewayError(
    'AGENT_QUARANTINED',
    `agent ${toHex(agent)} signed two histories at batch ${batch} and is out until the operator has looked`,
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
