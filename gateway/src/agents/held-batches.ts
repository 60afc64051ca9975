/**
 * Where the batches of logged seals are held until the cloud has answered for them: those of this box's own agent in
 * its journal, those of remote agents in the store.
 * @module
 */
import type { Agent } from '@sigill/edge';
import { equalBytes } from '@sigill/evidence';
import { backward } from '../site-log/backward.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { HeldBatches } from '../uplink/batch-lane.ts';
import type { BatchStore } from './batch-store.ts';

/** @param opened the own agent, of this id, once it is there */
export function createHeldBatches(
  log: SiteLog,
  id: Uint8Array,
  opened: Promise<Agent>,
  store: BatchStore,
): HeldBatches {
  /** The agent's last batch below `seen` entries: each entry is looked at once. */
  let own: number | null = null;
  let seen = 0;

  function lastOwnBelow(size: number): number | null {
    for (const { header } of backward(log, size, seen)) {
      if (!equalBytes(header.agent, id)) continue;
      own = header.batch;
      break;
    }
    seen = Math.max(seen, size);
    return own;
  }

  return {
    async read({ header, index }, seal) {
      if (!equalBytes(header.agent, id)) return store.read(index, seal);
      return (await (await opened).batch(header.batch))?.bytes ?? null;
    },
    async release(beforeIndex) {
      await store.release(beforeIndex);
      const last = lastOwnBelow(beforeIndex);
      if (last === null) return;
      // After a crash the agent may still be asking for receipts it had: it keeps those batches until then.
      const agent = await opened;
      const receipted = agent.status().position?.receiptedBefore ?? 0;
      await agent.release(Math.min(last + 1, receipted));
    },
  };
}
