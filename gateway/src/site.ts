/**
 * What stands between a sealed batch and its place in the site log: the log, the heads of its agents, the batches held,
 * what contradicts, and the gate in front of it all.
 * @module
 */
import { join } from 'node:path';
import { type Disk as JournalDisk, openSegmentJournal } from '@sigill/edge';
import type { Signer } from '@sigill/evidence';
import { type Admission, createAdmission } from './admission/admission.ts';
import { type ChainHeads, openChainHeads } from './admission/chain-heads.ts';
import { type Conflicts, createConflicts } from './admission/conflicts.ts';
import { createGate, type Gate } from './admission/gate.ts';
import { openQuarantine } from './admission/quarantine.ts';
import { type BatchStore, openBatchStore } from './agents/batch-store.ts';
import { type KnownAgents, openKnownAgents } from './agents/known-agents.ts';
import { createDisk, type Disk } from './disk/disk.ts';
import type { FileSystem } from './disk/file-system.ts';
import type { Tell } from './events.ts';
import type { Inherited } from './generation/inherited.ts';
import type { Register } from './register.ts';
import { openSiteLog, type SiteLog } from './site-log/site-log.ts';
import type { Timers } from './timers.ts';

export interface SiteParts {
  /** The data directory. */
  readonly data: string;
  /** Where this generation of the log lies in it. */
  readonly folder: string;
  readonly origin: string;
  readonly logKey: Signer;
  /** The agent of this box. */
  readonly own: Uint8Array;
  /** What the generation before left; null: this is the first. */
  readonly inherited: Inherited | null;
  readonly register: () => Register;
  /** How long nothing is logged until the cloud was asked; null: there is none. */
  readonly startWaitMs: number | null;
  readonly fileSystem: FileSystem;
  readonly journalDisk: JournalDisk;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** An agent with two histories came up, or is understood otherwise. */
  readonly onConflict: (agent: Uint8Array) => void;
}

export interface Site {
  readonly log: SiteLog;
  readonly heads: ChainHeads;
  readonly store: BatchStore;
  readonly conflicts: Conflicts;
  readonly gate: Gate;
  readonly admission: Admission;
  readonly knownAgents: KnownAgents;
  readonly notary: Disk;
  close(): Promise<void>;
}

export async function openSite(parts: SiteParts): Promise<Site> {
  const { register, timers, tell, own } = parts;
  const inherited = parts.inherited?.agents ?? [];
  const disk = await openDirectories(parts);
  const log = await openSiteLog({
    disk: disk.siteLog,
    origin: parts.origin,
    signer: parts.logKey,
  });
  const heads = await openChainHeads(disk.admission, log, inherited);
  const store = await openBatchStore({
    ...{ log, inherited },
    openJournal: (options) =>
      openSegmentJournal({
        ...{ ...options, timers, disk: parts.journalDisk },
        directory: join(parts.data, parts.folder, 'batches'),
        // Admission has gathered what waits already.
        commitWindowMs: 0,
      }),
  });
  const gate = createGate(timers, parts.startWaitMs, parts.signal);
  const conflicts = createConflicts({
    quarantine: openQuarantine(disk.quarantine),
    ...{ tell, rev: () => register().slot.record.rev, changed: parts.onConflict },
  });
  return {
    ...{ log, heads, store, conflicts, gate },
    admission: createAdmission({ log, heads, store, conflicts, gate, register, own }),
    knownAgents: openKnownAgents(disk.agents),
    notary: disk.notary,
    close: () => store.close(),
  };
}

async function openDirectories({ data, folder, fileSystem }: SiteParts) {
  const root = createDisk(data, fileSystem);
  const at = async (name: string): Promise<Disk> => {
    await root.settle(name);
    return createDisk(join(data, name), fileSystem);
  };
  const ofThisLog = (name: string) => at(join(folder, name));
  return {
    siteLog: await ofThisLog('site-log'),
    admission: await ofThisLog('admission'),
    quarantine: await ofThisLog('quarantine'),
    agents: await at('agents'),
    notary: await at('notary'),
    // The journals make theirs themselves, and it must be known to be there after a power cut.
    agent: await at('agent'),
    batches: await ofThisLog('batches'),
  };
}
