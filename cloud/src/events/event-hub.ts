/**
 * What browsers are told as it happens, with an id to go on from after a lost line. A client that does not
 * read fast enough misses events, and is told how many; it never makes the others wait.
 * @module
 */
export type EventName = 'reading' | 'watermarks';

/** Where one client's events go. */
export interface EventSink {
  send(text: string): void;
  /** Bytes it has not read yet. */
  waiting(): number;
}

export interface EventHub {
  /** `make` is called only if somebody may want it. */
  publish(name: EventName, make: () => unknown): void;
  /** @param lastId what the client saw last; null: from now on */
  subscribe(sink: EventSink, lastId: string | null): Subscription;
  /** Nothing said before is said again: whoever lost the line reads everything anew. */
  forget(): void;
  /** Keeps lines open that nothing is told on. */
  heartbeat(): void;
  counts(): EventCounts;
}

export interface Subscription {
  end(): void;
}

export interface EventCounts {
  readonly clients: number;
  readonly sent: number;
  readonly dropped: number;
}

interface Remembered {
  readonly number: number;
  readonly text: string;
}

// A line lost for a minute at a few events a second is taken up without a gap.
const REMEMBERED = 500;
const MAX_WAITING_BYTES = 512 * 1024;
const IDLE_MS = 120_000;

/** @param era names this process's run: numbers of another one mean nothing here */
export function createEventHub(era: string, now: () => number): EventHub {
  const clients = new Set<{ sink: EventSink; missed: number }>();
  let recent: Remembered[] = [];
  let number = 0;
  let sent = 0;
  let dropped = 0;
  let lastSeen = Number.NEGATIVE_INFINITY;

  function deliver(client: { sink: EventSink; missed: number }, text: string): void {
    if (client.sink.waiting() > MAX_WAITING_BYTES) {
      client.missed += 1;
      dropped += 1;
      return;
    }
    if (client.missed > 0) {
      client.sink.send(`event: missed\ndata: {"events":${client.missed}}\n\n`);
      client.missed = 0;
    }
    client.sink.send(text);
    sent += 1;
  }

  function since(lastId: string | null): string[] {
    if (lastId === null) return [];
    const [itsEra, text = ''] = lastId.split('.');
    const last = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    const oldest = recent[0]?.number ?? number + 1;
    const known = itsEra === era && last + 1 >= oldest && last <= number;
    // Too long ago, or another run of this server: the page reads everything again.
    if (!known) return ['event: missed\ndata: {"events":null}\n\n'];
    return recent.filter((one) => one.number > last).map((one) => one.text);
  }

  return {
    publish(name, make) {
      if (clients.size === 0 && now() - lastSeen > IDLE_MS) {
        recent = [];
        number += 1;
        return;
      }
      number += 1;
      const text = `id: ${era}.${number}\nevent: ${name}\ndata: ${JSON.stringify(make())}\n\n`;
      recent.push({ number, text });
      if (recent.length > REMEMBERED) recent = recent.slice(-REMEMBERED / 2);
      for (const client of clients) deliver(client, text);
    },
    subscribe(sink, lastId) {
      const client = { sink, missed: 0 };
      sink.send(`retry: 2000\n\n`);
      for (const text of since(lastId)) deliver(client, text);
      clients.add(client);
      return {
        end() {
          clients.delete(client);
          lastSeen = now();
        },
      };
    },
    forget() {
      recent = [];
      number += 1;
    },
    heartbeat() {
      for (const { sink } of clients) if (sink.waiting() === 0) sink.send(': still here\n\n');
    },
    counts: () => ({ clients: clients.size, sent, dropped }),
  };
}
