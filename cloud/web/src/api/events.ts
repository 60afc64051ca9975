/** Server-sent events: readings and watermarks as they happen, reconnected until stopped. */
import { PageError } from '../errors.ts';
import type { Reading, Watermarks } from './model.ts';
import { parseReading, parseWatermarks } from './parse.ts';

const RETRY_MS = 2000;
const CLOSED = 2; // EventSource.CLOSED

export interface EventHandlers {
  /** Also after each reconnection: what happened meanwhile must be fetched. */
  opened(): void;
  lost(): void;
  /** The server could not tell everything: it must be fetched. */
  missed(): void;
  reading(reading: Reading): void;
  watermarks(marks: Watermarks): void;
  /** An event that could not be read; the line stays open. */
  problem(problem: PageError): void;
}

/** The part of the browser's EventSource that is used here. */
export interface EventLine {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface EventParts {
  readonly connect: (path: string) => EventLine;
  readonly later: (run: () => void, delayMs: number) => () => void;
}

/** Listens until the returned function is called. */
export function listenToEvents(
  handlers: EventHandlers,
  { connect, later }: EventParts,
): () => void {
  let line: EventLine;
  let cancelRetry = () => {};

  const open = () => {
    line = connect('/api/v1/events');
    const on = <T>(type: string, read: (json: unknown) => T, tell: (value: T) => void) =>
      line.addEventListener(type, ({ data }) => {
        try {
          tell(read(JSON.parse(String(data))));
        } catch (cause) {
          handlers.problem(asPageError(cause, type));
        }
      });
    line.addEventListener('open', () => handlers.opened());
    line.addEventListener('missed', () => handlers.missed());
    on('reading', parseReading, (reading) => handlers.reading(reading));
    on('watermarks', parseWatermarks, (marks) => handlers.watermarks(marks));
    line.addEventListener('error', () => {
      handlers.lost();
      // The browser retries a broken line by itself, but gives up for good on an HTTP error.
      if (line.readyState === CLOSED) cancelRetry = later(open, RETRY_MS);
    });
  };

  open();
  return () => {
    cancelRetry();
    line.close();
  };
}

const asPageError = (cause: unknown, type: string): PageError =>
  cause instanceof PageError
    ? cause
    : new PageError('SERVER_ANSWER', `event ${type}: JSON expected`, { cause });
