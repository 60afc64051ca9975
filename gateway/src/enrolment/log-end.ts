/**
 * How far the log in force is known: what its cloud holds, or what stands on this disk where there is none. There the
 * operator closes it.
 * @module
 */
import { fromHex, type Signer } from '@sigill/evidence';
import type { RegisterHolder } from '../register.ts';
import type { GatewayStatus } from '../status.ts';
import type { CloudClient } from '../uplink/cloud-client.ts';
import type { LogEnd } from './asked-generation.ts';

export interface LogEndParts {
  readonly register: RegisterHolder;
  readonly logKey: () => Signer;
  /** Null: there is none. */
  readonly cloud: Pick<CloudClient, 'heads'> | null;
  readonly status: () => Pick<GatewayStatus, 'origin' | 'logSize' | 'logRoot'>;
}

/** Null: it cannot be said now. @throws GatewayError as the cloud answers */
export async function findLogEnd(parts: LogEndParts, signal: AbortSignal): Promise<LogEnd | null> {
  const { register, cloud } = parts;
  const { origin } = register.current().slot.record;
  if (cloud !== null) {
    const { size, root } = await cloud.heads(origin, 0, parts.logKey(), signal);
    return { size, root };
  }
  const { origin: running, logSize, logRoot } = parts.status();
  return running === origin ? { size: logSize, root: fromHex(logRoot) } : null;
}
