/**
 * Batches that contradict the log, each the proof against a key: one agent signed two histories.
 * One file per agent, `<agent, hex>-<batch>.batch`: the first contradiction says all there is to say.
 * @module
 */
import { fromHex, toHex } from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';

export interface Quarantine {
  /** The batch number at which this agent was caught, or null. */
  caughtAt(agent: Uint8Array): number | null;
  /** Durable on return, then the key is out. */
  keep(agent: Uint8Array, batch: number, bytes: Uint8Array): Promise<void>;
  agents(): Uint8Array[];
}

const FILE = /^([0-9a-f]{32})-(\d+)\.batch$/;

/** @param disk a directory of their own */
export function openQuarantine(disk: Disk): Quarantine {
  const caught = new Map<string, number>();
  for (const name of disk.list('.')) {
    const [, agent, batch] = FILE.exec(name) ?? [];
    if (agent !== undefined) caught.set(agent, Number(batch));
  }
  return {
    caughtAt: (agent) => caught.get(toHex(agent)) ?? null,
    agents: () => [...caught.keys()].map(fromHex),
    async keep(agent, batch, bytes) {
      const name = toHex(agent);
      if (caught.has(name)) return;
      await disk.replace(`${name}-${batch}.batch`, bytes);
      caught.set(name, batch);
    },
  };
}
