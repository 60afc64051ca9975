/**
 * Brings the reading store up to what is archived: follows the order of arrival from where the store stands.
 * What was just taken in comes decoded; after a restart, or behind a burst, it comes from the archive.
 * @module
 */
import { decodeBatch, decodeReading, type Reading } from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { type ArrivedBatch, arrivedAfter } from '../database/agent-chains.ts';
import type { Database } from '../database/database.ts';
import { CloudError } from '../errors.ts';
import type { ReadingStore } from './reading-store.ts';

export interface ProjectedBatch extends ArrivedBatch {
  readonly readings: readonly (Reading | null)[];
}

/** Whatever is made from the archive in the order of arrival. */
export type FollowingStore = Pick<ReadingStore, 'arrival' | 'write'>;

export interface ProjectorParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly store: FollowingStore;
  /** Batches that can be queried from now on. */
  readonly written: (batches: readonly ProjectedBatch[]) => void;
  readonly failed: (error: unknown) => void;
  readonly wait: (ms: number) => Promise<void>;
}

export interface Projector {
  /** Keeps readings at hand until their batch is written. */
  offer(agent: Uint8Array, batch: number, readings: readonly (Reading | null)[]): void;
  /** When it resolves, what was at hand of these batches is neither kept nor being written. */
  forget(batches: readonly { readonly agent: Uint8Array; readonly batch: number }[]): Promise<void>;
  /** Something new has been entered. */
  wake(): void;
  /** When everything entered so far is written, or the projector was stopped. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

// One transaction takes what came meanwhile, up to this many batches: some ten thousand readings.
const GROUP = 64;
// Beyond this, readings are decoded again from the archive: a burst costs time, not memory.
const MAX_OFFERED = 256;
const RETRY_MS = 1000;
// A write costs the same for one batch as for ten: what comes within this time after one goes together.
const GATHER_MS = 150;

export function createProjector(parts: ProjectorParts): Projector {
  const { archive, database, store } = parts;
  const offered = new Map<string, readonly (Reading | null)[]>();
  let running: Promise<void> | null = null;
  let stepping: Promise<unknown> = Promise.resolve();
  let woken = false;
  let stopped = false;

  async function run(): Promise<void> {
    while (woken && !stopped) {
      woken = false;
      try {
        while (!stopped && (await nextStep())) {}
        await parts.wait(GATHER_MS);
      } catch (error) {
        parts.failed(error);
        woken = true;
        await parts.wait(RETRY_MS);
      }
    }
    running = null;
  }

  function nextStep(): Promise<boolean> {
    const done = step();
    stepping = done.catch(() => {});
    return done;
  }

  /** Whether more waits already. */
  async function step(): Promise<boolean> {
    const arrived = await database.read((sql) => arrivedAfter(sql, store.arrival(), GROUP));
    if (arrived.length === 0) return false;
    const batches: ProjectedBatch[] = [];
    for (const one of arrived) batches.push({ ...one, readings: await readingsOf(one) });
    await store.write(batches);
    for (const { agent, batch } of arrived) offered.delete(keyOf(agent, batch));
    parts.written(batches);
    return arrived.length === GROUP;
  }

  async function readingsOf({ agent, batch }: ArrivedBatch): Promise<readonly (Reading | null)[]> {
    const known = offered.get(keyOf(agent, batch));
    if (known !== undefined) return known;
    try {
      const bytes = await archive.get({ agent, batch });
      if (bytes === null) throw new CloudError('ARCHIVE_DAMAGED', `batch ${batch} is not there`);
      return decodeBatch(bytes).readings.map((one) =>
        one.length === 32 ? null : decodeReading(one),
      );
    } catch (error) {
      // Its readings are not shown; those of the others must be. Evidence for it fails with the same error.
      if (!(error instanceof CloudError) || error.code !== 'ARCHIVE_DAMAGED') throw error;
      parts.failed(error);
      return [];
    }
  }

  return {
    offer(agent, batch, readings) {
      if (offered.size < MAX_OFFERED) offered.set(keyOf(agent, batch), readings);
    },
    async forget(batches) {
      for (const { agent, batch } of batches) offered.delete(keyOf(agent, batch));
      await stepping;
    },
    wake() {
      woken = true;
      running ??= run();
    },
    async idle() {
      while (running !== null) await running;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

function keyOf(agent: Uint8Array, batch: number): string {
  return `${Buffer.from(agent).toString('latin1')}${batch}`;
}
