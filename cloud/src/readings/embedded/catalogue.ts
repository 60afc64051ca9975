/**
 * Streams and series held in memory: their numbers in the tables, and the newest of each.
 * What a write found is kept aside until its transaction is in, so a failed write leaves no trace.
 * @module
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Stream, StreamName } from '../reading-store.ts';

export interface StreamEntry {
  readonly id: number;
  readonly name: StreamName;
  /** By field: one for each unit the device has used. */
  readonly series: Map<string, SeriesEntry[]>;
  latest: LatestReading | null;
}

export interface LatestReading {
  readonly seq: number;
  readonly n: number;
  readonly time: number;
  readonly batch: number;
  readonly kind: string;
}

export interface SeriesEntry {
  readonly id: number;
  readonly stream: StreamEntry;
  readonly field: string;
  readonly unit: string | null;
  latest: LatestValue | null;
}

export interface LatestValue {
  readonly seq: number;
  readonly time: number;
  readonly value: string;
}

/** Kinds that say something about a stream, not what it is a stream of. */
export const ABOUT_STREAM: ReadonlySet<string> = new Set(['heartbeat', 'gap']);

export class Catalogue {
  readonly #streams = new Map<string, StreamEntry>();
  readonly #byId: StreamEntry[] = [];
  #seriesCount = 0;

  get entries(): readonly StreamEntry[] {
    return this.#byId;
  }

  stream(name: StreamName): StreamEntry | undefined {
    return this.#streams.get(streamKey(name));
  }

  addStream(name: StreamName): StreamEntry {
    const entry = { id: this.#byId.length, name, series: new Map(), latest: null };
    this.#streams.set(streamKey(name), entry);
    this.#byId.push(entry);
    return entry;
  }

  addSeries(stream: StreamEntry, field: string, unit: string | null): SeriesEntry {
    const entry = { id: this.#seriesCount++, stream, field, unit, latest: null };
    const same = stream.series.get(field);
    if (same === undefined) stream.series.set(field, [entry]);
    else same.push(entry);
    return entry;
  }

  /** Takes back the newest streams and series of a write that failed. */
  forget(streams: readonly StreamEntry[], series: readonly SeriesEntry[]): void {
    for (const one of series) {
      const rest = one.stream.series.get(one.field)?.filter((other) => other !== one) ?? [];
      if (rest.length > 0) one.stream.series.set(one.field, rest);
      else one.stream.series.delete(one.field);
    }
    for (const one of streams) this.#streams.delete(streamKey(one.name));
    this.#byId.length -= streams.length;
    this.#seriesCount -= series.length;
  }
}

function streamKey({ agent, source, device }: StreamName): string {
  return `${agent}\n${source}\n${device}`;
}

export function seriesIn(
  stream: StreamEntry,
  field: string,
  unit: string | null,
): SeriesEntry | undefined {
  return stream.series.get(field)?.find((one) => one.unit === unit);
}

/** The series of a field that the device wrote last. */
export function newestSeries(stream: StreamEntry, field: string): SeriesEntry | undefined {
  const seq = (one: SeriesEntry) => one.latest?.seq ?? -1;
  return stream.series.get(field)?.reduce((a, b) => (seq(b) > seq(a) ? b : a));
}

export function describeStream(entry: StreamEntry): Stream | null {
  if (entry.latest === null) return null;
  const { kind, ...latest } = entry.latest;
  const fields = [...entry.series.keys()].sort().flatMap((name) => {
    const series = newestSeries(entry, name);
    if (series?.latest == null) return [];
    const { value, time } = series.latest;
    return [{ name, unit: series.unit, value, time }];
  });
  return { ...entry.name, kind, latest, fields };
}

export async function loadCatalogue(connection: DuckDBConnection): Promise<Catalogue> {
  const catalogue = new Catalogue();
  for (const [, agent, source, device] of await rows(
    connection,
    'SELECT * FROM streams ORDER BY id',
  )) {
    catalogue.addStream({ agent: String(agent), source: String(source), device: String(device) });
  }
  const series: SeriesEntry[] = [];
  for (const [, stream, field, unit] of await rows(
    connection,
    'SELECT * FROM series ORDER BY id',
  )) {
    const owner = catalogue.entries[Number(stream)] as StreamEntry;
    series.push(catalogue.addSeries(owner, String(field), unit === null ? null : String(unit)));
  }
  for (const [id, seq, time, value] of await rows(
    connection,
    'SELECT series, max(seq), max_by(time, seq), max_by(value, seq) FROM latest GROUP BY series',
  )) {
    const entry = series[Number(id)];
    if (entry !== undefined) {
      entry.latest = { seq: Number(seq), time: Number(time), value: String(value) };
    }
  }
  for (const [id, seq, n, time, batch, kind] of await rows(
    connection,
    `SELECT stream, max(seq), max_by(n, seq), max_by(time, seq), max_by(batch, seq),
       coalesce(max_by(kind, seq) FILTER (kind NOT IN ('heartbeat', 'gap')), max_by(kind, seq))
     FROM readings GROUP BY stream`,
  )) {
    const entry = catalogue.entries[Number(id)] as StreamEntry;
    entry.latest = {
      seq: Number(seq),
      n: Number(n),
      time: Number(time),
      batch: Number(batch),
      kind: String(kind),
    };
  }
  return catalogue;
}

async function rows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}
