/** Server-sent events: readings and watermarks as they happen, reconnected until stopped. */
import type { Reading, Watermarks } from './model.ts';
import { parseReading, parseWatermarks } from './parse.ts';

const RETRY_MS = 2000;

export interface EventHandlers {
  /** Also after each reconnection: what happened meanwhile must be fetched. */
  opened(): void;
  lost(): void;
  reading(reading: Reading): void;
  watermarks(marks: Watermarks): void;
}

/** Listens until the returned function is called. An event that cannot be read is reported as a lost connection. */
export function listenToEvents(handlers: EventHandlers): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => handlers.opened());
    source.addEventListener('reading', (event) => handlers.reading(parse(event, parseReading)));
    source.addEventListener('watermarks', (event) =>
      handlers.watermarks(parse(event, parseWatermarks)),
    );
    source.addEventListener('error', () => {
      handlers.lost();
      // The browser retries a broken line by itself, but gives up for good on an HTTP error.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MS);
    });
  };

  connect();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

const parse = <T>(event: MessageEvent<string>, read: (json: unknown) => T): T =>
  read(JSON.parse(event.data));
