import { EdgeError } from '../errors.ts';
import {
  type Enqueued,
  type Journal,
  type JournalOptions,
  type JournalRecord,
  type Position,
  toLimits,
} from './journal.ts';

/** Keeps its promise as long as the process lives: for simulators and tests. */
export function createMemoryJournal(options: JournalOptions = {}): Journal {
  const limits = toLimits(options);
  let segments: { base: Position; end: Position; records: JournalRecord[] }[] = [];
  let rolled = false;
  let closed = false;

  async function append(record: Uint8Array): Promise<Position> {
    return enqueue(record).position;
  }

  function enqueue(record: Uint8Array): Enqueued {
    if (closed) throw new EdgeError('JOURNAL_CLOSED', 'the journal is closed');
    if (record.length === 0 || record.length > limits.maxRecordBytes) {
      throw new EdgeError(
        'RECORD_SIZE',
        `1 to ${limits.maxRecordBytes} bytes expected, got ${record.length}`,
      );
    }
    const last = segments.at(-1);
    const opensSegment =
      rolled || last === undefined || last.end + record.length > last.base + limits.segmentBytes;
    const head = opensSegment ? options.segmentHead?.() : undefined;
    if (heldBytes() + record.length + (head?.length ?? 0) > limits.maxBytes) {
      throw new EdgeError('JOURNAL_FULL', `${heldBytes()} of ${limits.maxBytes} bytes are held`, {
        retryable: true,
      });
    }
    if (opensSegment) segments.push({ base: last?.end ?? 0, end: last?.end ?? 0, records: [] });
    rolled = false;
    if (head !== undefined) push(head);
    return { position: push(record), durable: Promise.resolve() };
  }

  function push(payload: Uint8Array): Position {
    const segment = segments.at(-1)!;
    const position = segment.end;
    segment.end += payload.length;
    segment.records.push({ position, payload, next: segment.end });
    return position;
  }

  function heldBytes(): number {
    return segments.length === 0 ? 0 : segments.at(-1)!.end - segments[0]!.base;
  }

  async function* read(position: Position, limit: number): AsyncGenerator<JournalRecord> {
    if (position < (segments[0]?.base ?? 0)) {
      throw new EdgeError('JOURNAL_POSITION', `position ${position} was released`);
    }
    const records = segments.flatMap((segment) => segment.records);
    yield* records.filter((record) => record.position >= position).slice(0, limit);
  }

  async function release(before: Position): Promise<void> {
    const current = segments.at(-1);
    segments = segments.filter((segment) => segment === current || segment.end > before);
  }

  return {
    append,
    enqueue,
    read,
    release,
    roll() {
      rolled = true;
    },
    heads: () => segments.map((segment) => segment.base),
    usage: () => ({
      heldBytes: heldBytes(),
      maxBytes: limits.maxBytes,
      waitingBytes: 0,
      maxWaitingBytes: limits.maxWaitingBytes,
      segments: segments.length,
      cutBytes: 0,
    }),
    async close() {
      closed = true;
    },
  };
}
