/**
 * Forks as a witness alone finds them: two heads of one size with two roots, both kept as a proof. It holds no entries, so
 * a head that is not shown to continue the one cosigned stays a doubt: both are kept aside, and nobody is accused.
 *
 *     fork/<hash>.json      proven to anyone
 *     doubt/<hash>.json     until the same head is seen to belong to the log
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  EvidenceError,
  type ForkFile,
  formatFork,
  judgeForkFile,
  openCheckpoint,
  parseFork,
} from '@sigill/evidence';
import { describeDoubt, describeFork } from './fork-words.ts';
import type { MetHead } from './met-head.ts';
import type { StateDisk } from './state-disk.ts';
import type { ForkWatch } from './witness.ts';

export interface KeptFork {
  readonly origin: string;
  readonly file: string;
}

export interface FolderForks extends ForkWatch {
  /** Proven ones. */
  list(): readonly KeptFork[];
  doubts(): number;
}

/** Something that a person should know. */
export type TellWitness = (code: 'LOG_FORKED' | 'WITNESS_FORK', text: string) => void;

// Whoever holds a log's key could sign heads for ever; one pair proves all there is to prove.
const [MAX_OF_ONE_LOG, MAX_FORKS] = [8, 1000];
// The newest heads of all logs together, of some 300 bytes each.
const MAX_REMEMBERED = 20_000;

export async function openFolderForks(disk: StateDisk, tell: TellWitness): Promise<FolderForks> {
  const kept = {
    fork: await readKept(disk, 'fork'),
    doubt: await readKept(disk, 'doubt'),
  };
  const remembered = new Map<string, string>();

  async function keep(kind: 'fork' | 'doubt', file: ForkFile): Promise<boolean> {
    const text = formatFork(file);
    const name = `${createHash('sha256').update(text).digest('hex')}.json`;
    const ofLog = [...kept[kind].values()].filter(({ origin }) => origin === file.log.name);
    if (kept[kind].has(name) || ofLog.length >= MAX_OF_ONE_LOG || kept[kind].size >= MAX_FORKS)
      return false;
    await disk.write(`${kind}/${name}`, Buffer.from(text));
    await disk.syncFolder(kind);
    kept[kind].set(name, { origin: file.log.name, file: text });
    return true;
  }

  /** A head of this size that the log signed before; the one cosigned, or one of those seen since the start. */
  function before({ key, checkpoint, cosigned }: MetHead): string | undefined {
    if (cosigned?.size === checkpoint.size) return cosigned.note;
    return remembered.get(`${key.name} ${checkpoint.size}`);
  }

  function remember(origin: string, note: string): void {
    remembered.set(`${origin} ${sizeOf(note)}`, note);
    const oldest = remembered.keys().next().value;
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }

  return {
    list: () => [...kept.fork.values()],
    doubts: () => kept.doubt.size,

    async met(met) {
      const { key: log, note, cosigned, refused } = met;
      const same = before(met);
      if (same !== undefined) {
        const fork: ForkFile = { log, notes: [same, note], beginning: null };
        if (isProven(fork) && (await keep('fork', fork))) tell('LOG_FORKED', describeFork(fork));
        return;
      }
      if (!refused || cosigned === null) return;
      const doubt: ForkFile = { log, notes: [cosigned.note, note], beginning: null };
      if (await keep('doubt', doubt)) tell('WITNESS_FORK', describeDoubt(doubt));
    },

    async grew(key, note) {
      remember(key.name, note);
      for (const [name, { origin, file }] of kept.doubt) {
        if (origin !== key.name) continue;
        const doubt = parseFork(file);
        const same = remembered.get(`${origin} ${sizeOf(doubt.notes[1])}`);
        if (same === undefined) continue;
        const fork: ForkFile = { log: key, notes: [same, doubt.notes[1]], beginning: null };
        if (isProven(fork) && (await keep('fork', fork))) tell('LOG_FORKED', describeFork(fork));
        await disk.remove(`doubt/${name}`);
        kept.doubt.delete(name);
      }
    },
  };
}

/** Of a note that was opened before. */
function sizeOf(note: string): number {
  return Number(note.split('\n', 2)[1]);
}

function isProven(file: ForkFile): boolean {
  try {
    return judgeForkFile(file).kind === 'fork';
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

/** What cannot be read any more proves nothing and is passed over. */
async function readKept(disk: StateDisk, folder: string): Promise<Map<string, KeptFork>> {
  const kept = new Map<string, KeptFork>();
  for (const name of await disk.names(folder)) {
    const text = (await disk.read(`${folder}/${name}`))?.toString('utf8') ?? '';
    try {
      const { log, notes } = parseFork(text);
      for (const note of notes) openCheckpoint(note, log.name, log.publicKey);
      kept.set(name, { origin: log.name, file: text });
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
    }
  }
  return kept;
}
