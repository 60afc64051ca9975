/**
 * Which agents follow someone whom an exact position would endanger: those that seal twins. Of such an agent nothing but
 * its twins is shown to who may not see more: its numbers are dense over all that it reads, so that everything else it
 * says tells when a position was read.
 * @module
 */
import { toHex } from '@sigill/evidence';
import type { ReadingStore, StoredBatch, StreamName } from '../readings/reading-store.ts';

export interface CellAgents {
  /** Nobody is followed: everything is everybody's. */
  readonly isEmpty: boolean;
  has(agent: string): boolean;
  /** What anyone may see of a stream. */
  isPublic(stream: Pick<StreamName, 'agent' | 'source'>): boolean;
  note(agent: Uint8Array, readings: StoredBatch['readings']): void;
}

export const isCellSource = (source: string): boolean => source.endsWith('~cell');

export function createCellAgents(
  known: readonly Pick<StreamName, 'agent' | 'source'>[],
): CellAgents {
  const agents = new Set(
    known.filter(({ source }) => isCellSource(source)).map(({ agent }) => agent),
  );
  return {
    get isEmpty() {
      return agents.size === 0;
    },
    has: (agent) => agents.has(agent),
    isPublic: ({ agent, source }) => isCellSource(source) || !agents.has(agent),
    note(agent, readings) {
      if (readings.some((reading) => reading !== null && isCellSource(reading.source)))
        agents.add(toHex(agent));
    },
  };
}

/** The store, of which nothing can be asked before it is known whose it is. An agent's cells come before its positions. */
export async function watchCells(
  store: ReadingStore,
): Promise<{ readonly store: ReadingStore; readonly cells: CellAgents }> {
  const cells = createCellAgents(await store.streams());
  const watched: ReadingStore = {
    ...store,
    write(batches) {
      for (const { agent, readings } of batches) cells.note(agent, readings);
      return store.write(batches);
    },
  };
  return { store: watched, cells };
}
