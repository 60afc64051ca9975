import type { AgentState } from './agent-state.ts';
import type { ClosedBatch } from './batcher.ts';
import { EdgeError } from './errors.ts';
import type { HeldBatches } from './held-batches.ts';
import type { Journal, Position } from './journal/journal.ts';
import { createReceiptedTail } from './receipted-tail.ts';
import { createRecentBatches } from './recent-batches.ts';
import type { SealedBatch, Sealer } from './sealer.ts';

/** The batches of one opening of the journal, from their durable header on until they may go. */
export interface SealedBatches {
  /** Those below are sealed. */
  readonly before: number;
  /** What is held only because there is room. */
  readonly retainedBytes: number;
  /** Nothing is sealed while held; what was closed meanwhile can be read, sealed, afterwards. */
  hold(isHeld: boolean): void;
  /** Its header is durable, there. Null: it is not sealed now. */
  add(batch: ClosedBatch, headerPosition: Position): SealedBatch | null;
  /** @throws EdgeError RECEIPT_MISMATCH */
  receipted(beforeBatch: number): void;
  /** @throws EdgeError BATCH_NOT_RECEIPTED */
  release(beforeBatch: number): Promise<void>;
  read(fromBatch: number): AsyncIterable<SealedBatch>;
  /** The journal failed: for want of room it opens again only when it has some. */
  failed(isForWantOfRoom: boolean): void;
  /** From here on nothing goes any more; resolves when nothing is going. */
  close(): Promise<void>;
}

export function createSealedBatches(
  { journal, held, state }: { journal: Journal; held: HeldBatches; state: AgentState },
  sealer: Sealer,
): SealedBatches {
  const tail = createReceiptedTail(journal, held, state);
  const recent = createRecentBatches();
  /** Batches below have a durable header. */
  let closedBefore = state.nextBatch;
  /** While nothing is sealed: where that began. */
  let heldAt: number | null = null;
  let hasFailed = false;

  function before(): number {
    return heldAt ?? closedBefore;
  }

  function add(batch: ClosedBatch, headerPosition: Position): SealedBatch | null {
    held.note(batch.header.batch, headerPosition);
    closedBefore = batch.header.batch + 1;
    // What does not succeed now is due again with the next one.
    tail.trim().catch(() => undefined);
    if (heldAt !== null) return null;
    const sealed = sealer.seal(batch);
    recent.add(sealed);
    return sealed;
  }

  function receipted(beforeBatch: number): void {
    if (beforeBatch <= state.receiptedBefore) return;
    if (beforeBatch > before()) {
      throw new EdgeError(
        'RECEIPT_MISMATCH',
        `receipt for batch ${beforeBatch - 1}, which is not sealed`,
      );
    }
    state.receiptedBefore = beforeBatch;
  }

  async function release(beforeBatch: number): Promise<void> {
    if (beforeBatch <= state.releasedBefore) return;
    if (beforeBatch > state.receiptedBefore) {
      throw new EdgeError(
        'BATCH_NOT_RECEIPTED',
        `batch ${beforeBatch - 1} has no receipt; receipts reach to before ${state.receiptedBefore}`,
      );
    }
    await tail.extend(beforeBatch);
    state.releasedBefore = Math.max(state.releasedBefore, beforeBatch);
    held.forget(beforeBatch);
    sealer.forget(beforeBatch);
    recent.forget(beforeBatch);
    await (hasFailed ? tail.drop() : tail.trim());
  }

  async function* read(fromBatch: number): AsyncGenerator<SealedBatch> {
    let next = Math.max(fromBatch, state.releasedBefore);
    while (next < before()) {
      const known = recent.get(next);
      if (known !== undefined) {
        yield known;
        next++;
        continue;
      }
      const from = next;
      for await (const batch of held.read(from)) {
        yield sealer.seal(batch);
        next++;
        if (next >= before() || recent.get(next) !== undefined) break;
      }
      if (next === from) throw new EdgeError('JOURNAL_CORRUPT', `batch ${from} has no header`);
    }
  }

  return {
    get before() {
      return before();
    },
    get retainedBytes() {
      return tail.bytes;
    },
    /** Batches close as ever, so that the journal can be read again; none is signed until it is let go. */
    hold(isHeld) {
      if (!isHeld) heldAt = null;
      else heldAt ??= closedBefore;
    },
    add,
    receipted,
    release,
    read,
    failed(isForWantOfRoom) {
      hasFailed = true;
      if (isForWantOfRoom) tail.drop().catch(() => undefined);
    },
    // After a failure it can still be released from, until another opening succeeds.
    close: async () => (hasFailed ? undefined : tail.close()),
  };
}
