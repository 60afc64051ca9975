/** Forks as a cloud keeps them: both heads, durable, and an alarm for its operator. */
import {
  type Checkpoint,
  type ForkFile,
  formatFork,
  type NoteKey,
  openCheckpoint,
  parseFork,
} from '@sigill/evidence';
import type { Database, Sql } from '../database/database.ts';
import { addFork, listDoubts, removeDoubt } from '../database/forks.ts';
import { raiseAlarm, removeAlarm, TWO_HISTORIES } from '../database/quarantine.ts';
import { findFork } from './find-fork.ts';
import { describeDoubt, describeFork } from './fork-words.ts';
import type { MetHead } from './met-head.ts';
import type { ForkWatch } from './witness.ts';

const PROVEN = 'LOG_FORKED';
const DOUBT = 'WITNESS_FORK';

export function createDatabaseForks(database: Database, now: () => number): ForkWatch {
  return {
    async met({ key, checkpoint, note, cosigned, refused }) {
      const { kind } = await database.read((sql) => findFork(sql, key, checkpoint, note));
      if (kind === 'fork')
        await database.write((sql) => keepIfFork(sql, key, checkpoint, note, now()));
      if (kind !== 'unknown' || !refused || cosigned === null) return;
      const doubt: ForkFile = { log: key, notes: [cosigned.note, note], beginning: null };
      await database.write((sql) => keepDoubt(sql, doubt, now()));
    },
    async grew(key) {
      if ((await database.read((sql) => listDoubts(sql, key.name))).length === 0) return;
      await database.write((sql) => settleDoubts(sql, key, now()));
    },
  };
}

/** Looks whether this signed head contradicts what is held; if so, both are kept and an alarm is raised. */
export async function keepIfFork(
  sql: Sql,
  key: NoteKey,
  checkpoint: Checkpoint,
  note: string,
  at: number,
): Promise<'fork' | 'agrees' | 'unknown'> {
  const found = await findFork(sql, key, checkpoint, note);
  if (found.kind !== 'fork') return found.kind;
  const origin = key.name;
  const file = formatFork(found.file);
  await addFork(sql, { origin, size: checkpoint.size, proven: true, file, at });
  const detail = describeFork(found.file);
  await raiseAlarm(sql, { origin, code: PROVEN, about: TWO_HISTORIES, detail }, at);
  return 'fork';
}

async function keepDoubt(sql: Sql, file: ForkFile, at: number): Promise<void> {
  const origin = file.log.name;
  const { size } = headOf(file);
  await addFork(sql, { origin, size, proven: false, file: formatFork(file), at });
  const detail = `${describeDoubt(file)}\n${file.notes[1]}`;
  await raiseAlarm(sql, { origin, code: DOUBT, about: aboutOf(file), detail }, at);
}

/** With more of the log here, a head that was doubted is found in it, or is proven to be of another history. */
async function settleDoubts(sql: Sql, key: NoteKey, at: number): Promise<void> {
  for (const text of await listDoubts(sql, key.name)) {
    const file = parseFork(text);
    const found = await keepIfFork(sql, key, headOf(file), file.notes[1], at);
    if (found === 'unknown') continue;
    await removeDoubt(sql, key.name, text);
    await removeAlarm(sql, { origin: key.name, code: DOUBT, about: aboutOf(file) });
  }
}

function headOf({ log, notes }: ForkFile): MetHead['checkpoint'] {
  return openCheckpoint(notes[1], log.name, log.publicKey).checkpoint;
}

function aboutOf({ notes }: ForkFile): string {
  return notes[1].split('\n', 3).join(' ');
}
