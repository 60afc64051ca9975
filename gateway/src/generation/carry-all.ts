/**
 * Every closed log of this site whose held batches were not brought along yet, each once.
 * @module
 */
import { join } from 'node:path';
import { type Journal, type Disk as JournalDisk, openSegmentJournal } from '@sigill/edge';
import { generationOf, utf8 } from '@sigill/evidence';
import { createDisk } from '../disk/disk.ts';
import type { FileSystem } from '../disk/file-system.ts';
import type { ReadSlot, Register } from '../register.ts';
import { type CarriedOver, type CarryOverParts, carryOver } from './carry-over.ts';
import { generationFolder } from './folders.ts';

export interface CarryAllParts extends CarryOverParts {
  /** The data directory. */
  readonly data: string;
  readonly register: () => Register;
  readonly fileSystem: FileSystem;
  readonly journalDisk: JournalDisk;
}

/** Resolves when what they hold is in the log in force, as far as it goes on there. Never rejects. */
export async function carryAll(parts: CarryAllParts, signal: AbortSignal): Promise<void> {
  const { data, tell } = parts;
  const disk = createDisk(data, parts.fileSystem);
  const { earlier, slot } = parts.register();
  for (const closed of earlier) {
    const generation = generationOf(closed.record);
    const mark = `${generationFolder(generation + 1)}/carried`;
    if (disk.read(mark) !== null) continue;
    try {
      const journal = await openStore(generation);
      const carried = await carryOver(parts, journal, signal).finally(() => journal.close());
      if (carried === null) return;
      tellCarried(closed, carried);
      await disk.replace(mark, utf8(`${carried.admitted} ${carried.left}\n`));
    } catch (error) {
      if (signal.aborted) return;
      const text = `batches that agents sent to the closed log ${closed.record.origin} could not be brought along (${(error as Error).message}); it is tried again at the next start`;
      tell({ level: 'alarm', what: 'GENERATION_DAMAGED', text });
    }
  }

  function openStore(generation: number): Promise<Journal> {
    const directory = join(data, generationFolder(generation), 'batches');
    return openSegmentJournal({ directory, disk: parts.journalDisk, timers: parts.timers });
  }

  function tellCarried({ record }: ReadSlot, { admitted, left }: CarriedOver): void {
    const facts = { admitted, left };
    if (admitted > 0) {
      const text = `${admitted} batches of agents that ${record.origin} holds no more are in ${slot.record.origin} now`;
      tell({ level: 'info', what: 'carried', text, facts });
    }
    if (left > 0) {
      const folder = join(generationFolder(generationOf(record)), 'batches');
      const text = `${left} batches do not go on from where ${record.origin} left their agents, so no log takes them: they stay in ${folder} of the data directory, for people`;
      tell({ level: 'warning', what: 'carried', text, facts });
    }
  }
}
