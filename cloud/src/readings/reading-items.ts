/**
 * Readings as the API tells them: found in the store, content from the archive, state from the watermarks.
 * @module
 */
import {
  decodeBatch,
  decodeReading,
  formatValue,
  fromHex,
  type Reading,
  toHex,
} from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { type ArrivedBatch, entryOfBatch } from '../database/agent-chains.ts';
import type { Database } from '../database/database.ts';
import type { EvidenceState, WatermarkBook } from '../watermarks/watermarks.ts';
import type { ReadingPlace, ReadingQuery, ReadingStore, Stream } from './reading-store.ts';

export interface ReadingItem {
  readonly agent: string;
  readonly seq: number;
  readonly n: number;
  readonly source: string;
  readonly device: string;
  readonly kind: string;
  readonly time: number;
  /** Of the site log it is in: a stream goes on in the next one when its log was closed. */
  readonly origin: string;
  /** Index of its batch in that log. */
  readonly entry: number;
  readonly state: EvidenceState;
  /** Values as the device wrote them. */
  readonly fields: readonly ItemField[];
}

export interface ItemField {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
  readonly code: string | null;
}

/** The same, of a stream's newest: with the log it is in, and the entry. */
export type StreamItem = Omit<Stream, 'latest'> & {
  readonly origin: string;
  readonly latest: {
    readonly seq: number;
    readonly n: number;
    readonly time: number;
    readonly entry: number;
  };
};

export interface ReadingItems {
  list(query: ReadingQuery): Promise<{ readings: ReadingItem[]; next: string | null }>;
  streams(): Promise<StreamItem[]>;
}

export interface ReadingItemsParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly store: ReadingStore;
  readonly watermarks: WatermarkBook;
}

interface OpenBatch {
  readonly entry: ArrivedBatch;
  readonly readings: readonly Uint8Array[];
}

export function createReadingItems(parts: ReadingItemsParts): ReadingItems {
  const { archive, database, store, watermarks } = parts;

  const entryOf = (agent: string, batch: number) =>
    database.read((sql) => entryOfBatch(sql, fromHex(agent), batch));

  async function openBatch({ agent, batch }: ReadingPlace): Promise<OpenBatch | null> {
    const entry = await entryOf(agent, batch);
    const bytes = entry && (await archive.get({ agent: entry.agent, batch }));
    return bytes && { entry, readings: decodeBatch(bytes).readings };
  }

  return {
    async list(query) {
      const places = await store.readings(query);
      const opened = new Map<string, OpenBatch | null>();
      const readings: ReadingItem[] = [];
      for (const place of places) {
        const key = `${place.agent} ${place.batch}`;
        if (!opened.has(key)) opened.set(key, await openBatch(place));
        const { entry, readings: content } = opened.get(key) ?? {};
        const bytes = entry && content?.[place.seq - entry.firstSeq];
        if (entry === undefined || bytes === undefined || bytes.length === 32) continue;
        const state = watermarks.stateOf(entry.origin, entry.entry);
        readings.push(toItem(decodeReading(bytes), entry, state));
      }
      const full = places.length === query.limit;
      return { readings, next: full ? (places.at(-1)?.cursor ?? null) : null };
    },
    async streams() {
      const items: StreamItem[] = [];
      for (const { latest, ...stream } of await store.streams()) {
        const entry = await entryOf(stream.agent, latest.batch);
        if (entry === null) continue; // its entry was cut back a moment ago and will come again
        const { seq, n, time } = latest;
        items.push({
          ...stream,
          origin: entry.origin,
          latest: { seq, n, time, entry: entry.entry },
        });
      }
      return items;
    },
  };
}

export function toItem(
  reading: Reading,
  { origin, entry }: Pick<ArrivedBatch, 'origin' | 'entry'>,
  state: EvidenceState,
): ReadingItem {
  const { agent, seq, n, source, device, kind, time, fields } = reading;
  return {
    agent: toHex(agent),
    seq,
    n,
    source,
    device,
    kind,
    time,
    origin,
    entry,
    state,
    fields: fields.map(({ name, value, unit, code }) => ({
      name,
      value: formatValue(value),
      unit,
      code,
    })),
  };
}
