/**
 * Agents whose keys are out, each with the proof: one agent signed two histories, or two boxes ran with one key. One file
 * per agent and revision of the slot's record, the first of each kind says all there is to say:
 *
 *     <agent, hex>-<batch>-<rev>.batch    the batch that contradicts the log
 *     <agent, hex>-<batch>-<rev>.clone    text: the boots that took turns, at this batch
 *
 * The operator's next record that still lists the key lets it in again; the files stay.
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

export type Proof = 'batch' | 'clone';

export interface Quarantine {
  /** What this agent was caught at under the record of this revision, or null: then it is in. */
  caughtAt(agent: Uint8Array, rev: number): Caught | null;
  /** Durable on return, then the key is out until the record has a later revision. */
  keep(caught: Caught, proof: Proof, bytes: Uint8Array): Promise<void>;
  /** All whose key is out under the record of this revision. */
  caught(rev: number): readonly Caught[];
  /** Null: there is none of this kind. */
  proof(caught: Caught, proof: Proof): Uint8Array | null;
}

const FILE = /^([0-9a-f]{32})-(\d+)(?:-(\d+))?\.(?:batch|clone)$/;

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
    proof: (caught, proof) => disk.read(fileOf(caught, proof)),
    async keep(caught, proof, bytes) {
      const first = caughtAt(caught.agent, caught.rev) ?? caught;
      if (disk.read(fileOf(first, proof)) !== null) return;
      await disk.replace(fileOf(first, proof), bytes);
      newest.set(toHex(first.agent), first);
    },
  };
}

function fileOf({ agent, batch, rev }: Caught, proof: Proof): string {
  return `${toHex(agent)}-${batch}-${rev}.${proof}`;
}
