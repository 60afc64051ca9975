import type { AgentState } from './agent-state.ts';
import type { HeldBatches } from './held-batches.ts';
import type { Journal, Position } from './journal/journal.ts';

/**
 * Batches that have their receipt stay as long as there is room, the newest the longest: where the gateway's card dies
 * before its cloud has them, the log that continues the lost one asks for them again.
 */
export interface ReceiptedTail {
  /** What is held only because there is room. */
  readonly bytes: number;
  /** Batches below may go from here on. */
  extend(beforeBatch: number): Promise<void>;
  /** Lets go, oldest first, what there is no room for. */
  trim(): Promise<void>;
  /** Lets all of it go. */
  drop(): Promise<void>;
  /** Lets nothing go from here on; resolves when nothing is going. */
  close(): Promise<void>;
}

// So that the other half takes what comes, however fast, without waiting for files to be removed.
const ROOM_SHARE = 0.5;

export function createReceiptedTail(
  journal: Journal,
  held: HeldBatches,
  state: AgentState,
): ReceiptedTail {
  /** Where what must stay begins; null until somebody asks, because finding it reads the journal. */
  let end: Position | null = null;
  let closed = false;
  let shrinking: Promise<void> = Promise.resolve();

  /** One after the other. */
  function shrinkTo(maxBytes: number): Promise<void> {
    const shrunk = shrinking.then(() => shrink(maxBytes));
    shrinking = shrunk.catch(() => undefined);
    return shrunk;
  }

  async function shrink(maxBytes: number): Promise<void> {
    if (closed) return;
    const heads = journal.heads();
    const [first] = heads;
    const { heldBytes } = journal.usage();
    if (first === undefined) return;
    end ??= await held.locate(state.releasedBefore);
    if (heldBytes <= maxBytes) return;
    const fitting = heads.find((head) => first + heldBytes - head <= maxBytes) ?? end;
    await journal.release(Math.min(fitting, end));
  }

  const trim = () => shrinkTo(journal.usage().maxBytes * ROOM_SHARE);

  return {
    get bytes() {
      const [first = 0] = journal.heads();
      return Math.max(0, (end ?? first) - first);
    },
    async extend(beforeBatch) {
      const position = await held.locate(beforeBatch);
      end = Math.max(end ?? 0, position);
    },
    trim,
    drop: () => shrinkTo(0),
    async close() {
      closed = true;
      await shrinking;
    },
  };
}
