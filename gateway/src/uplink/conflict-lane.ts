/**
 * Agents with two histories, told to the cloud where the operator looks: each with the seal that proves it.
 * @module
 */
import { toHex } from '@sigill/evidence';
import type { Conflicts } from '../admission/conflicts.ts';
import type { CloudClient } from './cloud-client.ts';

export interface ConflictLane {
  push(signal: AbortSignal): Promise<void>;
}

export function createConflictLane(
  client: CloudClient,
  origin: string,
  conflicts: Conflicts,
): ConflictLane {
  const told = new Set<string>();
  return {
    async push(signal) {
      for (const conflict of conflicts.list()) {
        const { agent, rev, kind } = conflict;
        const name = `${toHex(agent)} ${rev} ${kind}`;
        const seal = told.has(name) ? null : conflicts.proof(conflict);
        if (seal === null) continue;
        await client.tellConflict({ origin, rev, kind, seal }, signal);
        told.add(name);
      }
    },
  };
}
