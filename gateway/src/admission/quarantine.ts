/**
 * Batches that contradict the log, each the proof against a key: one agent signed two histories.
 * One file per agent and revision of the slot's record, `<agent, hex>-<batch>-<rev>.batch`: the first contradiction says
 * all there is to say. The operator's next record that still lists the key lets it in again; the file stays.
 * @module
 */
import { fromHex, toHex } from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';

export interface Caught {
  readonly agent: Uint8Array;
  readonly batch: number;
  /** Of the slot's record then. */
  readonly rev: number;
}

export interface Quarantine {
  /** What this agent was caught at under the record of this revision, or null: then it is in. */
  caughtAt(agent: Uint8Array, rev: number): Caught | null;
  /** Durable on return, then the key is out until the record has a later revision. */
  keep(caught: Caught, bytes: Uint8Array): Promise<void>;
  /** All whose key is out under the record of this revision. */
  caught(rev: number): readonly Caught[];
  /** The batch that contradicts the log. */
  proof(caught: Caught): Uint8Array | null;
}

const FILE = /^([0-9a-f]{32})-(\d+)(?:-(\d+))?\.batch$/;

/** @param disk a directory of their own */
export function openQuarantine(disk: Disk): Quarantine {
  const newest = new Map<string, Caught>();
  for (const name of disk.list('.')) {
    const [, agent, batch, rev = '0'] = FILE.exec(name) ?? [];
    if (agent === undefined) continue;
    const found = { agent: fromHex(agent), batch: Number(batch), rev: Number(rev) };
    if ((newest.get(agent)?.rev ?? -1) < found.rev) newest.set(agent, found);
  }

  function caughtAt(agent: Uint8Array, rev: number): Caught | null {
    const last = newest.get(toHex(agent));
    return last !== undefined && last.rev >= rev ? last : null;
  }

  return {
    caughtAt,
    caught: (rev) => [...newest.values()].filter((one) => one.rev >= rev),
    proof: (caught) => disk.read(fileOf(caught)),
    async keep(caught, bytes) {
      if (caughtAt(caught.agent, caught.rev) !== null) return;
      await disk.replace(fileOf(caught), bytes);
      newest.set(toHex(caught.agent), caught);
    },
  };
}

function fileOf({ agent, batch, rev }: Caught): string {
  return `${toHex(agent)}-${batch}-${rev}.batch`;
}
