/**
 * The gateway's append-only RFC 6962 log of seals, on disk as C2SP tiles:
 *
 *     head          origin, size and root, as a checkpoint's text: what the log is after a crash
 *     tile/…        durable before the head that counts them; whatever lies beyond the head is ignored
 *     checkpoint    the newest signed note, for whoever follows the log
 *     cosigned      the newest note that a witness has cosigned
 *
 * Only a durable head is ever signed, and every later head extends it: so no crash can make the log
 * contradict a checkpoint that has left the box.
 * @module
 */
import {
  type Checkpoint,
  consistencyPath,
  createCompactRange,
  EMPTY_ROOT,
  equalBytes,
  formatCheckpoint,
  formatReceipt,
  inclusionPath,
  leafHash,
  openCheckpoint,
  originHash,
  parseCheckpoint,
  peaksAt,
  rootAt,
  type Signer,
  signCheckpoint,
  utf8,
} from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';
import { createTileFiles, RESTORE, type TileFiles } from './tile-files.ts';

export interface SiteLog {
  readonly origin: string;
  /** SHA-256 of the origin: what headers call this log. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
  /** Durable; grows only. */
  head(): Checkpoint;
  /**
   * Appends to the log as it was at `expectedSize`, else refuses: one writer, and it knows where it stands.
   * When this resolves, entries and head survive power loss.
   * @throws GatewayError SITE_LOG_MOVED, SITE_LOG_FROZEN
   */
  append(entries: readonly Uint8Array[], expectedSize: number): Promise<Checkpoint>;
  /** What the head would be after these entries. */
  extended(entries: readonly Uint8Array[]): Checkpoint;
  entries(from: number, to: number): Uint8Array[];
  root(size: number): Uint8Array;
  consistencyProof(oldSize: number, newSize: number): Uint8Array[];
  /** The signed head. */
  checkpoint(): string;
  /** C2SP tlog-proof: entry `index` under the signed head. */
  receipt(index: number): string;
  /** Signs the head and leaves the note where those who follow the log look for it. */
  publish(): Promise<string>;
  /** The newest note kept with cosignatures. */
  cosigned(): string | null;
  keepCosigned(note: string): Promise<void>;
  /** No appends from here on: the log has a future elsewhere, or its disk can no longer be trusted. */
  freeze(reason: string): void;
  /** Why it takes no more entries; null: it does. */
  frozen(): string | null;
}

const HEAD = 'head';
const CHECKPOINT = 'checkpoint';
const COSIGNED = 'cosigned';

export interface SiteLogParts {
  readonly disk: Disk;
  readonly origin: string;
  /** Ed25519, as C2SP checkpoints have it. */
  readonly signer: Signer;
}

/** One at a time per disk: the caller holds the lock of the data directory. */
export async function openSiteLog({ disk, origin, signer }: SiteLogParts): Promise<SiteLog> {
  const tiles = createTileFiles(disk);
  let head = await readHead(disk, origin);
  assertIntact(head, tiles);
  let signed: { size: number; note: string } | null = null;
  let cosigned = readNote(disk, origin, signer.publicKey);
  let frozen: string | null = null;
  let writing = false;

  function checkpoint(): string {
    if (signed?.size !== head.size)
      signed = { size: head.size, note: signCheckpoint(head, signer) };
    return signed.note;
  }

  async function advance(entries: readonly Uint8Array[]): Promise<Checkpoint> {
    await tiles.append(head.size, entries);
    assertUnmoved(disk, head);
    const next = extend(head, entries, tiles);
    try {
      await disk.replace(HEAD, utf8(formatCheckpoint(next)));
    } catch (cause) {
      // The old head or the new one: nothing may be signed before a restart has read which.
      frozen = `its head could not be written (${(cause as Error).message}); restart the gateway`;
      throw cause;
    }
    const oldSize = head.size;
    head = next;
    // A partial tile that stays behind costs space and nothing else.
    await tiles.prune(oldSize, head.size).catch(() => undefined);
    return head;
  }

  return {
    origin,
    id: originHash(origin),
    publicKey: signer.publicKey,
    head: () => head,

    async append(entries, expectedSize) {
      if (frozen !== null) {
        throw new GatewayError('SITE_LOG_FROZEN', `the site log takes no more entries: ${frozen}`);
      }
      if (writing || expectedSize !== head.size) throw moved(expectedSize, head.size);
      if (entries.length === 0) return head;
      writing = true;
      try {
        return await advance(entries);
      } finally {
        writing = false;
      }
    },

    extended: (entries) => extend(head, entries, tiles),
    entries: (from, to) => tiles.entriesAt(head.size, from, to),
    root: (size) => rootAt(size, tiles.hashesAt(head.size)),
    consistencyProof: (oldSize, newSize) =>
      consistencyPath(oldSize, newSize, tiles.hashesAt(head.size)),
    checkpoint,

    receipt(index) {
      const path = inclusionPath(index, head.size, tiles.hashesAt(head.size));
      return formatReceipt({ index, path, note: checkpoint() });
    },

    async publish() {
      const note = checkpoint();
      await disk.replace(CHECKPOINT, utf8(note));
      return note;
    },

    cosigned: () => cosigned?.note ?? null,

    async keepCosigned(note) {
      const { size } = openCheckpoint(note, origin, signer.publicKey).checkpoint;
      if (cosigned !== null && size < cosigned.size) return;
      await disk.replace(COSIGNED, utf8(note));
      cosigned = { size, note };
      if (size === head.size) await disk.replace(CHECKPOINT, utf8(note));
    },

    freeze(reason) {
      frozen ??= reason;
    },
    frozen: () => frozen,
  };
}

/** The head that a crash left, made durable: it may be in the cache only, and will be signed. */
async function readHead(disk: Disk, origin: string): Promise<Checkpoint> {
  const bytes = disk.read(HEAD);
  if (bytes === null) return beginLog(disk, origin);
  const head = parseCheckpoint(new TextDecoder().decode(bytes));
  if (head.origin !== origin) {
    throw new GatewayError(
      'SITE_LOG_DAMAGED',
      `the data directory holds the log of ${head.origin}, the configuration says ${origin}; give each origin a data directory of its own`,
    );
  }
  await disk.settle('.');
  return head;
}

async function beginLog(disk: Disk, origin: string): Promise<Checkpoint> {
  if (disk.list('tile').length > 0 || disk.read(CHECKPOINT) !== null) {
    throw new GatewayError('SITE_LOG_DAMAGED', `site log: ${HEAD} is missing; ${RESTORE}`);
  }
  const head = { origin, size: 0, root: EMPTY_ROOT };
  await disk.replace(HEAD, utf8(formatCheckpoint(head)));
  return head;
}

function assertIntact(head: Checkpoint, tiles: TileFiles): void {
  const root = rootAt(head.size, tiles.hashesAt(head.size));
  if (equalBytes(root, head.root)) return;
  throw new GatewayError(
    'SITE_LOG_DAMAGED',
    `site log: the tiles at size ${head.size} have another root than the head; ${RESTORE}`,
  );
}

function extend(head: Checkpoint, entries: readonly Uint8Array[], tiles: TileFiles): Checkpoint {
  const range = createCompactRange(head.size, peaksAt(head.size, tiles.hashesAt(head.size)));
  for (const entry of entries) range.append(leafHash(entry));
  return { origin: head.origin, size: range.size, root: range.root() };
}

/** The compare of compare-and-set: somebody else's head on our disk means two writers. */
function assertUnmoved(disk: Disk, head: Checkpoint): void {
  const found = new TextDecoder().decode(disk.read(HEAD) ?? new Uint8Array(0));
  if (found !== formatCheckpoint(head)) throw moved(head.size, Number(found.split('\n')[1]));
}

function moved(expected: number, found: number): GatewayError {
  return new GatewayError(
    'SITE_LOG_MOVED',
    `site log: size ${expected} expected, it is ${found}; somebody else writes this data directory`,
  );
}

function readNote(disk: Disk, origin: string, publicKey: Uint8Array) {
  const bytes = disk.read(COSIGNED);
  if (bytes === null) return null;
  const note = new TextDecoder().decode(bytes);
  return { size: openCheckpoint(note, origin, publicKey).checkpoint.size, note };
}
