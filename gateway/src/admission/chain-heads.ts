/**
 * Where each agent's chain of batches stands in the site log: an agent without entries in it where the generation
 * before left it. Read from the log itself, from a snapshot on: a file that may be lost or stale and is then made again.
 *
 *     heads    [ size, root: bstr32, [* [agent: bstr16, batch, headerHash: bstr32, nextSeq, index]] ]
 *
 * @module
 */
import {
  CborReader,
  type ChainHead,
  decodeSeal,
  encodeCbor,
  equalBytes,
  fromHex,
  headerHash,
  type OpenedSeal,
  toHex,
} from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';
import { backward } from '../site-log/backward.ts';
import type { SiteLog } from '../site-log/site-log.ts';

export interface LoggedHead extends ChainHead {
  /** Of the head's seal in the site log; null: it stands in an earlier generation of it. */
  readonly index: number | null;
}

export interface ChainHeads {
  of(agent: Uint8Array): LoggedHead | null;
  /** The logged header of a batch at or before the agent's head; of earlier generations only the last one is known. */
  find(agent: Uint8Array, batch: number): LoggedHead | null;
  /** Where the generation before left the agent; null: it had sent nothing, or this is the first. */
  inherited(agent: Uint8Array): ChainHead | null;
  /** Takes up what was appended to the log since. */
  follow(): Promise<void>;
}

const SNAPSHOT = 'heads';
const STEP = 256;

/**
 * @param disk a directory of their own
 * @param agents where the generation before left them
 */
export async function openChainHeads(
  disk: Disk,
  log: SiteLog,
  agents: readonly { readonly agent: Uint8Array; readonly head: ChainHead }[] = [],
): Promise<ChainHeads> {
  const { heads, size: snapshotSize } = readSnapshot(disk, log);
  const inherited = new Map(agents.map(({ agent, head }) => [toHex(agent), head]));
  let followed = snapshotSize;
  let kept = snapshotSize;

  async function follow(): Promise<void> {
    const { size, root } = log.head();
    while (followed < size) {
      for (const seal of log.entries(followed, Math.min(size, followed + STEP))) {
        const opened = decodeSeal(seal);
        heads.set(toHex(opened.header.agent), toLoggedHead(opened, followed));
        followed += 1;
      }
    }
    if (size - kept < STEP) return;
    await disk.replace(SNAPSHOT, encodeSnapshot(size, root, heads));
    kept = size;
  }

  function left(agent: Uint8Array): LoggedHead | null {
    const head = inherited.get(toHex(agent));
    return head === undefined ? null : { ...head, index: null };
  }

  await follow();
  return {
    of: (agent) => heads.get(toHex(agent)) ?? left(agent),
    find(agent, batch) {
      const before = left(agent);
      if (before === null || batch > before.batch) {
        return findLogged(log, heads.get(toHex(agent)), agent, batch);
      }
      return batch === before.batch ? before : null;
    },
    inherited: (agent) => inherited.get(toHex(agent)) ?? null,
    follow,
  };
}

/** In this log. */
interface OwnHead extends LoggedHead {
  readonly index: number;
}

export function toLoggedHead({ header, headerBytes }: OpenedSeal, index: number): OwnHead {
  return {
    batch: header.batch,
    headerHash: headerHash(headerBytes),
    nextSeq: header.firstSeq + header.count,
    index,
  };
}

function findLogged(
  log: SiteLog,
  head: OwnHead | undefined,
  agent: Uint8Array,
  batch: number,
): LoggedHead | null {
  if (head === undefined || batch > head.batch) return null;
  // An agent's batches are dense and in order: this one is at least as far back as the batches between.
  const newest = head.index - (head.batch - batch);
  for (const { header, headerBytes, index } of backward(log, newest + 1)) {
    if (header.batch === batch && equalBytes(header.agent, agent)) {
      return toLoggedHead({ header, headerBytes }, index);
    }
  }
  return null;
}

function encodeSnapshot(
  size: number,
  root: Uint8Array,
  heads: ReadonlyMap<string, OwnHead>,
): Uint8Array {
  const rows = [...heads].map(([agent, head]) => [
    fromHex(agent),
    head.batch,
    head.headerHash,
    head.nextSeq,
    head.index,
  ]);
  return encodeCbor([size, root, rows]);
}

/** Of this very log as it was at that size; anything else counts for nothing. */
function readSnapshot(disk: Disk, log: SiteLog): { size: number; heads: Map<string, OwnHead> } {
  const bytes = disk.read(SNAPSHOT);
  const nothing = { size: 0, heads: new Map<string, OwnHead>() };
  if (bytes === null) return nothing;
  try {
    const { size, root, heads } = decodeSnapshot(bytes);
    if (size > log.head().size || !equalBytes(root, log.root(size))) return nothing;
    return { size, heads };
  } catch {
    return nothing; // the log has it all
  }
}

function decodeSnapshot(bytes: Uint8Array) {
  const reader = new CborReader(bytes);
  reader.tuple(3);
  const size = reader.uint();
  const root = reader.fixedBytes(32);
  const heads = new Map<string, OwnHead>();
  for (let rows = reader.array(); rows > 0; rows -= 1) {
    reader.tuple(5);
    const agent = toHex(reader.fixedBytes(16));
    const batch = reader.uint();
    const hash = reader.fixedBytes(32);
    heads.set(agent, { batch, headerHash: hash, nextSeq: reader.uint(), index: reader.uint() });
  }
  reader.end();
  return { size, root, heads };
}
