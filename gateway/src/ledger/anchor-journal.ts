/**
 * What a gateway must not forget about its ledger, in one directory:
 *   pending.json   anchors signed and not yet final, with every transaction signed for them; replaced whole
 *   anchors.log    final anchors, one record of 92 bytes per index:  rollRoot 32 | slots u64 | block u64 | time u64 | parent hash 32 | crc32
 *   proof.json     header, account and storage proof of the newest final state; replaced whole
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type AnchorLeaf, fromBase64, type LedgerProof, toBase64 } from '@sigill/evidence';
import { createDisk } from '../disk/disk.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import { LedgerError } from './ledger-error.ts';

export interface PendingAnchor {
  /** Hexadecimal with 0x, as all bytes in this file. */
  readonly rollRoot: string;
  readonly slots: number;
  /** The size of the log it was signed for. */
  readonly index: number;
  readonly nonce: number;
  /** Signed transactions with this nonce and the same calldata, the newest last. */
  readonly transactions: readonly string[];
  readonly signedAt: number;
}

export interface AnchorJournal {
  readonly pending: readonly PendingAnchor[];
  setPending(pending: readonly PendingAnchor[]): Promise<void>;
  /** How many anchors are final. */
  readonly count: number;
  readonly proof: LedgerProof | null;
  read(from: number, limit: number): Promise<AnchorLeaf[]>;
  /**
   * Adds final anchors with the proof of them, and leaves these anchors pending. Seen here all at once;
   * a crash between can leave final anchors among the pending ones.
   */
  settle(
    leaves: readonly AnchorLeaf[],
    proof: LedgerProof,
    pending: readonly PendingAnchor[],
  ): Promise<void>;
  close(): Promise<void>;
}

const RECORD_BYTES = 92;

/** `directory` exists. The journal belongs to one log of one chain. */
export async function openAnchorJournal(
  directory: string,
  log: { readonly chainId: number; readonly contract: Uint8Array },
): Promise<AnchorJournal> {
  const disk = createDisk(directory, nodeFileSystem);
  const readJson = <T>(name: string, parse: (value: unknown) => T): T | null => {
    const bytes = disk.read(name);
    if (bytes === null) return null;
    try {
      return parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (cause) {
      // Replaced whole and synced: a file that does not read was changed by something else.
      throw new LedgerError('LEDGER_JOURNAL_DAMAGED', `${join(directory, name)} does not read`, {
        cause,
      });
    }
  };
  const writeJson = (name: string, value: unknown) =>
    disk.replace(name, new TextEncoder().encode(`${JSON.stringify(value)}\n`));

  let pending = readJson('pending.json', (value) => value as PendingAnchor[]) ?? [];
  let proof = readJson('proof.json', parseProof);
  const file = await open(join(directory, 'anchors.log'), 'a+');
  await disk.settle('.');
  let count = await cutTornTail(file);

  return {
    get pending() {
      return pending;
    },
    async setPending(next) {
      await writeJson('pending.json', next);
      pending = [...next];
    },
    get count() {
      return count;
    },
    get proof() {
      return proof;
    },
    async read(from, limit) {
      const wanted = Math.max(0, Math.min(limit, count - from));
      const bytes = Buffer.alloc(wanted * RECORD_BYTES);
      if (wanted > 0) await file.read(bytes, 0, bytes.length, from * RECORD_BYTES);
      return Array.from({ length: wanted }, (_, at) =>
        decodeRecord(bytes, at, { ...log, index: from + at }),
      );
    },
    async settle(leaves, nextProof, nextPending) {
      await file.appendFile(Buffer.concat(leaves.map(encodeRecord)));
      await file.sync();
      await writeJson('proof.json', formatProof(nextProof));
      await writeJson('pending.json', nextPending);
      count += leaves.length;
      proof = nextProof;
      pending = [...nextPending];
    },
    close: () => file.close(),
  };
}

/** Records are synced one after the other, so only the last can be torn by a crash. */
async function cutTornTail(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  let count = Math.floor(size / RECORD_BYTES);
  const last = Buffer.alloc(RECORD_BYTES);
  for (; count > 0; count--) {
    await file.read(last, 0, RECORD_BYTES, (count - 1) * RECORD_BYTES);
    if (isWhole(last)) break;
  }
  if (count * RECORD_BYTES !== size) {
    await file.truncate(count * RECORD_BYTES);
    await file.sync();
  }
  return count;
}

function encodeRecord(leaf: AnchorLeaf): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.set(leaf.rollRoot, 0);
  record.writeBigUInt64BE(BigInt(leaf.slots), 32);
  record.writeBigUInt64BE(BigInt(leaf.blockNumber), 40);
  record.writeBigUInt64BE(BigInt(leaf.blockTime), 48);
  record.set(leaf.parentHash, 56);
  record.writeUInt32BE(crc32(record.subarray(0, 88)), 88);
  return record;
}

function isWhole(record: Buffer): boolean {
  return record.readUInt32BE(88) === crc32(record.subarray(0, 88));
}

function decodeRecord(
  bytes: Buffer,
  at: number,
  known: Pick<AnchorLeaf, 'chainId' | 'contract' | 'index'>,
): AnchorLeaf {
  const record = bytes.subarray(at * RECORD_BYTES, (at + 1) * RECORD_BYTES);
  if (!isWhole(record))
    throw new LedgerError(
      'LEDGER_JOURNAL_DAMAGED',
      `anchors.log: record ${known.index} has another checksum`,
    );
  return {
    ...known,
    rollRoot: Uint8Array.from(record.subarray(0, 32)),
    slots: Number(record.readBigUInt64BE(32)),
    blockNumber: Number(record.readBigUInt64BE(40)),
    blockTime: Number(record.readBigUInt64BE(48)),
    parentHash: Uint8Array.from(record.subarray(56, 88)),
  };
}

function formatProof({ header, account, storage }: LedgerProof): object {
  return {
    header: toBase64(header),
    account: account.map(toBase64),
    storage: storage.map((nodes) => nodes.map(toBase64)),
  };
}

function parseProof(value: unknown): LedgerProof {
  const { header, account, storage } = value as {
    header: string;
    account: string[];
    storage: [string[], string[]];
  };
  const nodes = (texts: readonly string[]) => texts.map(fromBase64);
  return {
    header: fromBase64(header),
    account: nodes(account),
    storage: [nodes(storage[0]), nodes(storage[1])],
  };
}
