/**
 * Which generation of the site log runs here, and what it begins with.
 * @module
 */
import { type Checkpoint, generationOf, openCheckpoint } from '@sigill/evidence';
import { createDisk } from '../disk/disk.ts';
import type { FileSystem } from '../disk/file-system.ts';
import type { RegisterHolder } from '../register.ts';
import { BEGIN_ANEW } from '../restore/begin-anew.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { generationFolder } from './folders.ts';
import { hasInherited, type Inherited, readInherited } from './inherited.ts';

export interface OpenGenerationParts {
  readonly config: { readonly data: string };
  readonly register: RegisterHolder;
  readonly fileSystem: FileSystem;
}

export interface RunningGeneration {
  readonly origin: string;
  readonly generation: number;
  /** Within the data directory. */
  readonly folder: string;
  /** What the generation before left; null: this is the first. */
  readonly inherited: Inherited | null;
}

/** Puts every generation in force that has what the one before left. */
export function advanceGenerations({ config, register, fileSystem }: OpenGenerationParts): void {
  const data = createDisk(config.data, fileSystem);
  for (;;) {
    const next = register.next();
    if (next === null || !hasInherited(data, generationOf(next.record))) return;
    register.advance();
  }
}

/** The one in force. @throws GatewayError GENERATION_DAMAGED */
export function openGeneration(parts: OpenGenerationParts): RunningGeneration {
  const { slot, earlier } = parts.register.current();
  const { origin } = slot.record;
  const generation = generationOf(slot.record);
  const before = earlier.at(-1);
  const data = createDisk(parts.config.data, parts.fileSystem);
  return {
    ...{ origin, generation, folder: generationFolder(generation) },
    inherited: before === undefined ? null : readInherited(data, generation, before),
  };
}

/** Why a log that its operator closed takes nothing. */
export function closedFor(register: RegisterHolder): string {
  const { origin } = register.current().slot.record;
  const then =
    register.next() === null
      ? `to go on, ${BEGIN_ANEW}`
      : 'the next log begins as soon as it is known where this one left each agent';
  return `the operator closed ${origin}, for ever: it takes no more entries, and readings wait in the agents' journals; ${then}`;
}

/** The newest head that a witness cosigned, as kept here; null: none. */
export function witnessed(log: SiteLog): Pick<Checkpoint, 'size' | 'root'> | null {
  const note = log.cosigned();
  return note === null ? null : openCheckpoint(note, log.origin, log.publicKey).checkpoint;
}
