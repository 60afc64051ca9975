/**
 * Agents whose keys are out, told to the cloud where the operator looks: with the seal that proves it, where there is one.
 * @module
 */
import { type Signer, toHex } from '@sigill/evidence';
import type { Conflicts } from '../admission/conflicts.ts';
import type { CloudClient } from './cloud-client.ts';

export interface ConflictLane {
  push(signal: AbortSignal): Promise<void>;
}

export function createConflictLane(
  client: CloudClient,
  origin: string,
  logKey: Signer,
  conflicts: Conflicts,
): ConflictLane {
  const told = new Set<string>();
  return {
    async push(signal) {
      for (const conflict of conflicts.list()) {
        const { agent, batch, rev, kind } = conflict;
        const name = `${toHex(agent)} ${rev} ${kind}`;
        if (told.has(name)) continue;
        const seal = conflicts.proof(conflict);
        await client.tellConflict({ origin, rev, kind, agent, batch, seal }, logKey, signal);
        told.add(name);
      }
    },
  };
}
