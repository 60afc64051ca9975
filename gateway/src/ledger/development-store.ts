/**
 * The development ledger on disk: a state, and the blocks since, in one directory.
 *   state-<number>.json     anvil's state after that block, replaced now and then by a newer one
 *   blocks-<number>.ndjson  one line per block after that state, synced before the next block is made
 * A chain without chance is made again from these: the same transactions at the same times give the same blocks.
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createDisk } from '../disk/disk.ts';
import { nodeFileSystem } from '../disk/file-system.ts';

export interface StoredBlock {
  readonly number: number;
  /** Seconds since the Unix epoch. */
  readonly time: number;
  readonly hash: string;
  /** Signed and encoded, in the order of the block. */
  readonly transactions: readonly string[];
}

export interface DevelopmentStore {
  /** The newest state's file; null before the first. */
  readonly statePath: string | null;
  /** The blocks since that state. */
  readonly blocks: readonly StoredBlock[];
  /** When it resolves, the block survives power loss. */
  append(block: StoredBlock): Promise<void>;
  /** Replaces state and blocks; a crash leaves the old ones or the new ones. */
  replaceState(number: number, state: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

export async function openDevelopmentStore(directory: string): Promise<DevelopmentStore> {
  const disk = createDisk(directory, nodeFileSystem);
  let number = newestState(disk.list('.'));
  let blocks: StoredBlock[] = [];
  let file: FileHandle | null = null;

  async function openBlocks(of: number): Promise<void> {
    const name = `blocks-${of}.ndjson`;
    const bytes = disk.read(name) ?? new Uint8Array(0);
    const whole = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    file = await open(join(directory, name), 'a');
    if (whole.length < bytes.length) await file.truncate(whole.length); // a torn tail: that block never was
    await file.sync();
    await disk.settle('.');
    blocks = new TextDecoder().decode(whole).split('\n').filter(Boolean).map(parseBlock);
    for (const other of disk.list('.')) if (isOlder(other, of)) await disk.remove(other);
  }

  if (number !== null) await openBlocks(number);

  return {
    get statePath() {
      return number === null ? null : join(directory, `state-${number}.json`);
    },
    get blocks() {
      return blocks;
    },
    async append(block) {
      if (file === null) throw new Error('no block before the first state');
      await file.appendFile(`${JSON.stringify(block)}\n`);
      await file.datasync();
      blocks.push(block);
    },
    async replaceState(next, state) {
      await disk.replace(`state-${next}.json`, state);
      await file?.close();
      number = next;
      await openBlocks(next);
    },
    async close() {
      await file?.close();
    },
  };
}

function newestState(names: readonly string[]): number | null {
  const numbers = names.flatMap((name) => /^state-(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.length === 0 ? null : Math.max(...numbers);
}

function isOlder(name: string, number: number): boolean {
  const found = /^(?:state|blocks)-(\d+)\.(?:json|ndjson)$/.exec(name)?.[1];
  return name.endsWith('.new') || (found !== undefined && Number(found) < number);
}

function parseBlock(line: string): StoredBlock {
  return JSON.parse(line) as StoredBlock;
}
