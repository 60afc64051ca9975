/**
 * Messages that were acknowledged and became no reading: nobody takes their topic, no driver can read them, or their
 * sender may not publish there. Kept durably for whoever comes to mend the configuration; the oldest go first.
 * @module
 */
import { type Disk, type Journal, openSegmentJournal, type Timers } from '@sigill/edge';
import { fromBase64, toBase64 } from '@sigill/evidence';
import { createRate } from './rate.ts';

export type QuarantineReason = 'forbidden' | 'untaken' | 'undecodable';

export interface QuarantinedMessage {
  readonly timeMs: number;
  readonly client: string;
  readonly topic: string;
  readonly reason: QuarantineReason;
  /** An error's code and sentence, where there was one. */
  readonly detail: string;
  /** Of the payload as it came. */
  readonly length: number;
  /** Its beginning. */
  readonly payload: Uint8Array;
}

export interface QuarantineStatus {
  /** On disk now. */
  readonly messages: number;
  readonly bytes: number;
  /** The oldest, which made room for newer ones. */
  readonly dropped: number;
  /** Only counted, because they came too fast for a card or the disk refused them. */
  readonly countedOnly: number;
  /** The last ones, oldest first. */
  readonly last: readonly QuarantinedMessage[];
}

export interface Quarantine {
  /** Resolves when it is kept or counted. Never rejects. */
  add(message: QuarantinedMessage): Promise<void>;
  status(): QuarantineStatus;
  close(): Promise<void>;
}

export interface QuarantineParts {
  readonly directory: string;
  readonly disk: Disk;
  readonly timers: Timers & { now(): number };
  readonly maxBytes?: number;
}

const MAX_BYTES = 16 * 1024 * 1024;
// What a message looks like is seen on its beginning.
const KEPT_BYTES = 4_096;
const KEPT_IN_MEMORY = 20;
// A device that is configured wrongly says the same for months: at most 86 MiB a day for the card.
const BYTES_PER_SECOND = 1_024;
const BURST_BYTES = 1_048_576;
const READ_AT_ONCE = 1_000_000;

/** @throws EdgeError JOURNAL_LOCKED, JOURNAL_CORRUPT, JOURNAL_FAILED */
export async function openQuarantine(parts: QuarantineParts): Promise<Quarantine> {
  const maxBytes = parts.maxBytes ?? MAX_BYTES;
  const { directory, disk, timers } = parts;
  // One segment of room, so that the journal itself is never full.
  const segmentBytes = Math.floor(maxBytes / 8);
  const journal = await openSegmentJournal({
    ...{ directory, disk, timers, segmentBytes },
    maxBytes: maxBytes + 2 * segmentBytes,
  });
  const rate = createRate(BYTES_PER_SECOND, BURST_BYTES);
  const last: QuarantinedMessage[] = [];
  let [messages, dropped, countedOnly] = [0, 0, 0];
  let making: Promise<void> = Promise.resolve();
  for await (const { payload } of journal.read(journal.heads()[0] ?? 0, READ_AT_ONCE)) {
    messages += 1;
    remember(parse(payload));
  }

  function remember(message: QuarantinedMessage): void {
    last.push(message);
    if (last.length > KEPT_IN_MEMORY) last.shift();
  }

  async function makeRoom(): Promise<void> {
    const [oldest, next] = journal.heads();
    if (journal.usage().heldBytes < maxBytes || oldest === undefined || next === undefined) return;
    const gone = await countBetween(journal, oldest, next);
    await journal.release(next);
    messages -= gone;
    dropped += gone;
  }

  return {
    async add(message) {
      const kept = { ...message, payload: message.payload.slice(0, KEPT_BYTES) };
      remember(kept);
      const record = format(kept);
      if (rate.waitMs(timers.now()) > 0) {
        countedOnly += 1;
        return;
      }
      rate.take(record.length);
      try {
        const written = journal.append(record);
        messages += 1;
        await written;
        making = making.then(makeRoom);
        await making;
      } catch {
        // The journal of the readings tells of a disk that fails; here it costs a message nobody could read.
        messages -= 1;
        countedOnly += 1;
      }
    },
    status: () => ({
      messages,
      bytes: journal.usage().heldBytes,
      dropped,
      countedOnly,
      last: [...last],
    }),
    close: () => journal.close(),
  };
}

async function countBetween(journal: Journal, from: number, to: number): Promise<number> {
  let count = 0;
  for await (const { position } of journal.read(from, READ_AT_ONCE)) {
    if (position >= to) break;
    count += 1;
  }
  return count;
}

function format(message: QuarantinedMessage): Uint8Array {
  const { payload, ...rest } = message;
  return new TextEncoder().encode(JSON.stringify({ ...rest, payload: toBase64(payload) }));
}

function parse(record: Uint8Array): QuarantinedMessage {
  const written = JSON.parse(new TextDecoder().decode(record)) as QuarantinedMessage & {
    payload: string;
  };
  return { ...written, payload: fromBase64(written.payload) };
}
