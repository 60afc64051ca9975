import type { Beacon, ChainHead } from '@sigill/evidence';
import type { LinkState, StreamHead } from './link/messages.ts';
import { type Log, silentLog } from './log.ts';
import type { Timers } from './timers.ts';

/** Where the gateway says that an agent's numbers stand. */
export interface GatewayHead {
  readonly state: LinkState;
  /** Null: it holds no batch of the agent. */
  readonly head: ChainHead | null;
  /** As of that head. */
  readonly streams: readonly StreamHead[];
  /** The newest final anchor, where it tells it. */
  readonly beacon?: Beacon | null;
  /** Why the state is not `open`, for people. */
  readonly detail?: string;
}

/** Null: no answer to be had now. */
export type AskHead = () => Promise<GatewayHead | null>;

// A box must begin to read also where its gateway cannot be reached.
const PATIENCE_MS = 10_000;

/** The answer, or null when none came in time. */
export function askInTime(askHead: AskHead, timers: Timers, log: Log = silentLog) {
  return new Promise<GatewayHead | null>((resolve) => {
    const cancel = timers.after(PATIENCE_MS, () => resolve(null));
    askHead()
      .catch((error) => {
        log.warn({ reason: String(error) }, 'the gateway did not say where this agent stands');
        return null;
      })
      .then((answer) => {
        cancel();
        resolve(answer);
      });
  });
}
