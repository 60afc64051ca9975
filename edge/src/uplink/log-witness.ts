import {
  type Checkpoint,
  EMPTY_ROOT,
  openCheckpoint,
  originHash,
  toHex,
  utf8,
  verifyConsistency,
} from '@sigill/evidence';
import { EdgeError } from '../errors.ts';
import { type Disk, readFully, writeFully } from '../journal/disk.ts';
import { type Log, silentLog } from '../log.ts';
import type { SiteLogName } from './receipt-check.ts';

/**
 * What an agent remembers of its site log. Each agent is a small witness: every checkpoint it is shown must continue the
 * newest one it has believed, and that one outlives the process before anything is forgotten for it.
 */
export interface LogWitness {
  /** SHA-256 of the log's origin; null where it is the first of its site. */
  readonly log: Uint8Array | null;
  /** Size 0 and the root of nothing before the first. */
  readonly newest: Pick<Checkpoint, 'size' | 'root'>;
  /**
   * Believes the checkpoint, if it continues the newest one.
   * @param from the size at which the path begins
   * @throws EdgeError SITE_LOG_SHORTER, SITE_LOG_FORK: both notes are kept. RECEIPT_INVALID: nothing is proven
   */
  follow(note: string, from: number, path: readonly Uint8Array[]): Promise<Checkpoint>;
  /** Makes the newest one durable. */
  keep(): Promise<void>;
}

export interface LogWitnessParts {
  readonly disk: Disk;
  /** Of the agent's data, not of its journal, which may be set aside. */
  readonly directory: string;
  readonly siteLog: SiteLogName;
  /** Origins of the closed logs that this one continues, the newest first. */
  readonly earlier?: readonly string[];
  readonly log?: Log;
}

const FILE = 'site-log-checkpoint';
const EVIDENCE = 'site-log-contradiction';
// Of one log: two notes prove it as well as two hundred.
const MAX_EVIDENCE = 8;

export async function openLogWitness(parts: LogWitnessParts): Promise<LogWitness> {
  const { disk, directory, siteLog, earlier = [], log = silentLog } = parts;
  const evidence = earlier.length === 0 ? EVIDENCE : `${EVIDENCE}-${earlier.length + 1}`;
  const isEvidence = new RegExp(`^${evidence}-\\d+-[0-9a-f]+\\.txt$`);
  await disk.makeDirectory(directory);
  const stored = await readStored(parts);
  let newest = stored?.checkpoint ?? { size: 0, root: EMPTY_ROOT };
  let newestNote = stored?.note ?? '';
  let durableNote = newestNote;
  let keeping: Promise<void> | null = null;

  async function follow(
    note: string,
    from: number,
    path: readonly Uint8Array[],
  ): Promise<Checkpoint> {
    const checkpoint = open(note);
    if (checkpoint.size < newest.size) {
      await keepEvidence(checkpoint, note);
      throw new EdgeError(
        'SITE_LOG_SHORTER',
        `the gateway's log has ${checkpoint.size} entries, and this box holds its receipt for ${newest.size}: the gateway was restored from an older copy, or its disk lost entries. Nothing is forgotten here and nothing is sent until it has them again; tell the operator`,
        { retryable: true },
      );
    }
    if (from !== newest.size)
      throw new EdgeError(
        'RECEIPT_INVALID',
        `a path from ${newest.size} entries expected, got one from ${from}`,
        { retryable: true },
      );
    try {
      verifyConsistency(newest.size, checkpoint.size, newest.root, checkpoint.root, path);
    } catch (cause) {
      await keepEvidence(checkpoint, note);
      throw new EdgeError(
        'SITE_LOG_FORK',
        `the gateway's log does not continue the one this box holds receipts of: ${(cause as Error).message}. Nothing is forgotten here and nothing is sent; give the operator the files site-log-contradiction-* in ${directory}: they are the proof`,
        { cause },
      );
    }
    newest = checkpoint;
    newestNote = note;
    return checkpoint;
  }

  function open(note: string): Checkpoint {
    try {
      return openCheckpoint(note, siteLog.origin, siteLog.publicKey).checkpoint;
    } catch (cause) {
      throw new EdgeError(
        'RECEIPT_INVALID',
        `no checkpoint of ${siteLog.origin}: ${(cause as Error).message}`,
        { cause },
      );
    }
  }

  /** Both notes, signed by the log's key: to be shown to anyone. Once for what is shown again and again. */
  async function keepEvidence({ size, root }: Checkpoint, note: string): Promise<void> {
    const name = `${evidence}-${size}-${toHex(root).slice(0, 16)}.txt`;
    try {
      const names = await disk.list(directory);
      const kept = names.filter((found) => isEvidence.test(found));
      if (kept.includes(name) || kept.length >= MAX_EVIDENCE) return;
      await writeNew(disk, `${directory}/${name}`, utf8(`${newestNote}\n${note}`));
      await disk.syncDirectory(directory);
    } catch (error) {
      log.error({ reason: String(error) }, 'the proof of a contradiction could not be kept');
    }
  }

  async function keep(): Promise<void> {
    while (durableNote !== newestNote) {
      keeping ??= write().finally(() => {
        keeping = null;
      });
      await keeping;
    }
  }

  async function write(): Promise<void> {
    const note = newestNote;
    const path = `${directory}/${FILE}`;
    if ((await disk.list(directory)).includes(`${FILE}.new`)) await disk.remove(`${path}.new`);
    await writeNew(disk, `${path}.new`, utf8(note));
    await disk.rename(`${path}.new`, path);
    durableNote = note;
  }

  return {
    log: earlier.length > 0 ? originHash(siteLog.origin) : null,
    get newest() {
      return newest;
    },
    follow,
    keep,
  };
}

async function readStored(parts: LogWitnessParts) {
  const { disk, directory, siteLog, earlier = [], log = silentLog } = parts;
  if (!(await disk.list(directory)).includes(FILE)) return null;
  const file = await disk.open(`${directory}/${FILE}`);
  const note = new TextDecoder().decode(
    await readFully(file, 0, await file.size()).finally(() => file.close()),
  );
  const ended = earlier.indexOf(note.slice(0, note.indexOf('\n')));
  if (ended >= 0) {
    // For people, under the number of its generation: this log begins with nothing.
    await disk.rename(`${directory}/${FILE}`, `${directory}/${FILE}-${earlier.length - ended}`);
    return null;
  }
  try {
    const { checkpoint } = openCheckpoint(note, siteLog.origin, siteLog.publicKey);
    return { note, checkpoint };
  } catch (error) {
    // Of another gateway, or damaged: kept for people, and the watch over this log begins anew.
    log.error({ reason: String(error) }, 'the newest checkpoint kept here is not of this site log');
    await disk.rename(`${directory}/${FILE}`, `${directory}/${FILE}-unread`);
    return null;
  }
}

async function writeNew(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.create(path);
  try {
    await writeFully(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
