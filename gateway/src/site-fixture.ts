/**
 * A site without a box: site log, admission and all between, on a file system and a journal that a test hands in.
 * @module
 */
import { createMemoryJournal, type Journal, type JournalOptions } from '@sigill/edge';
import type { Signer } from '@sigill/evidence';
import { createAdmission } from './admission/admission.ts';
import { openChainHeads } from './admission/chain-heads.ts';
import { createConflicts } from './admission/conflicts.ts';
import { createGate } from './admission/gate.ts';
import { openQuarantine } from './admission/quarantine.ts';
import { openBatchStore } from './agents/batch-store.ts';
import { createDisk } from './disk/disk.ts';
import type { FileSystem } from './disk/file-system.ts';
import type { GatewayEvent } from './events.ts';
import type { InheritedAgent } from './generation/inherited.ts';
import { createFixtureHolder, type FixtureRegister } from './register-fixture.ts';
import { openSiteLog } from './site-log/site-log.ts';
import { createFakeTimers, type FakeTimers } from './timers-fake.ts';

export interface FixtureSiteParts {
  readonly fileSystem: FileSystem;
  /** Where `log`, `heads` and `quarantine` lie. */
  readonly root?: string;
  readonly origin: string;
  readonly logSigner: Signer;
  /** The first is the box's own. */
  readonly agents: readonly Signer[];
  readonly own?: Uint8Array;
  readonly register?: FixtureRegister;
  readonly timers?: FakeTimers;
  readonly asksCloud?: boolean;
  readonly openJournal?: (options: JournalOptions) => Promise<Journal>;
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
  /** Where the generation before left the agents. */
  readonly inherited?: readonly InheritedAgent[];
}

export type FixtureSite = Awaited<ReturnType<typeof openFixtureSite>>;

export async function openFixtureSite(parts: FixtureSiteParts) {
  const { fileSystem, root = '', origin, logSigner, agents } = parts;
  const events: GatewayEvent[] = [];
  const tell = (event: GatewayEvent) => void events.push(event);
  const timers = parts.timers ?? createFakeTimers();
  const register =
    parts.register ??
    createFixtureHolder({
      ...{ origin, log: logSigner },
      agents: agents.map(({ publicKey }) => ({ key: publicKey })),
    });
  const disk = createDisk(root || '/', fileSystem);
  for (const directory of ['log', 'heads', 'quarantine']) await disk.settle(directory);
  const at = (name: string) => createDisk(`${root}/${name}`, fileSystem);
  const log = await openSiteLog({ disk: at('log'), origin, signer: logSigner });
  const heads = await openChainHeads(at('heads'), log, parts.inherited);
  const store = await openBatchStore({
    ...{ log, inherited: parts.inherited ?? [] },
    openJournal: parts.openJournal ?? (async (options) => createMemoryJournal(options)),
    ...(parts.maxBytes === undefined ? {} : { maxBytes: parts.maxBytes }),
    ...(parts.segmentBytes === undefined ? {} : { segmentBytes: parts.segmentBytes }),
  });
  const stopping = new AbortController();
  const gate = createGate(timers, parts.asksCloud ? 60_000 : null, stopping.signal);
  const changes: number[] = [];
  const conflicts = createConflicts({
    quarantine: openQuarantine(at('quarantine')),
    ...{ tell, rev: () => register.current().slot.record.rev },
    changed: () => changes.push(1),
  });
  const own = parts.own ?? new Uint8Array(16);
  const admission = createAdmission({
    ...{ log, heads, store, conflicts, gate, own, register: register.current },
  });
  return {
    ...{ log, heads, store, conflicts, gate, admission, register, events, tell, timers, stopping },
  };
}
