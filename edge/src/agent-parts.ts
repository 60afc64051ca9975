import type { Signer } from '@sigill/evidence';
import type { BatchLimits } from './batcher.ts';
import type { AgentClock } from './clock.ts';
import type { AskHead } from './gateway-head.ts';
import type { Disk } from './journal/disk.ts';
import type { JournalLimits } from './journal/journal.ts';
import type { Log } from './log.ts';
import type { SourcePlan } from './sources/source-plan.ts';
import type { Timers } from './timers.ts';

export interface AgentParts {
  /** Where the journal lies; the agent's alone. */
  readonly directory: string;
  readonly disk: Disk;
  readonly timers: Timers;
  readonly clock: AgentClock;
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly signer: Signer;
  /** Of the site log that takes the seals. */
  readonly origin: string;
  readonly sources: readonly SourcePlan[];
  /** Where the gateway says that this agent's numbers stand: asked once, before anything is stamped. */
  readonly askHead?: AskHead;
  /** Why the journal is to be set aside as damaged, though it opens: a batch in it cannot be read. Needs `askHead`. */
  readonly damage?: string;
  /** The kernel's boot id, 16 bytes. */
  readonly boot: Uint8Array;
  readonly software: string;
  /** SHA-256 of the configuration. */
  readonly configuration: Uint8Array;
  readonly batch?: Partial<BatchLimits>;
  readonly journal?: Partial<JournalLimits> & { readonly commitWindowMs?: number };
  /** The longest the agent's own stream stays silent. */
  readonly heartbeatMs?: number;
  /** Larger frames are not kept, only their hash. */
  readonly maxFrameBytes?: number;
  /** Devices beyond this many are refused: a line without checksums invents them. */
  readonly maxStreams?: number;
  readonly log?: Log;
}
