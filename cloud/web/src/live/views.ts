/** What a stream is best shown as, and which streams share a tile of the overview. Pure. */
import type { Stream, StreamField } from '../api/model.ts';
import { isAboutAgent, leadingPower } from './streams.ts';

export type View = 'curve' | 'tags' | 'position' | 'level' | 'numbers' | 'statements' | 'agent';

interface Shown {
  readonly source: string;
  readonly device?: string;
  readonly kind: string;
  readonly fields: readonly StreamField[];
}

/** By its fields first: a reader that tells of itself for a moment is still a reader of tags. */
export function viewOf(stream: Shown): View {
  const has = (name: string) => stream.fields.some((field) => field.name === name);
  if (isAboutAgent(stream)) return 'agent';
  if (has('tag.id') || stream.kind === 'reader') return 'tags';
  if (has('cell.id')) return 'position';
  if (has('position.latitude') && stream.kind !== 'level') return 'position';
  if (has('level') || (has('distance') && stream.kind !== 'meter')) return 'level';
  if (leadingPower(stream) !== null) return 'curve';
  return stream.fields.some(({ unit }) => unit !== null) ? 'numbers' : 'statements';
}

/** One source of one kind, the stream that matters most first; all positions share the map. */
export interface TileGroup {
  readonly key: string;
  readonly view: Exclude<View, 'agent'>;
  readonly streams: readonly [Stream, ...Stream[]];
  /** Streams of the same source that only say that it lives. */
  readonly signs: readonly Stream[];
}

const ORDER: readonly View[] = ['curve', 'tags', 'position', 'level', 'numbers', 'statements'];

export function groupTiles(streams: readonly Stream[]): TileGroup[] {
  const groups = new Map<string, Stream[]>();
  for (const stream of streams) {
    const view = tileView(stream, streams);
    if (view === null) continue;
    const key = view === 'position' ? view : `${view} ${placeOf(stream)}`;
    groups.set(key, [...(groups.get(key) ?? []), stream]);
  }
  return [...groups]
    .flatMap(([key, members]) => {
      const [lead, ...others] = members.toSorted((a, b) => rank(a) - rank(b));
      const view = lead && tileView(lead, streams);
      if (!lead || !view) return [];
      const places = new Set(members.map(placeOf));
      const signs = streams.filter(
        (one) => places.has(placeOf(one)) && tileView(one, streams) === null,
      );
      return [{ key, view, streams: [lead, ...others] as const, signs }];
    })
    .toSorted((a, b) => ORDER.indexOf(a.view) - ORDER.indexOf(b.view));
}

const placeOf = ({ agent, source }: Stream): string => `${agent} ${source}`;

/** Null: it has no tile, because there is nothing to show, or another stream of its source shows it. */
function tileView(stream: Stream, all: readonly Stream[]): TileGroup['view'] | null {
  const view = viewOf(stream);
  if (view === 'agent') return null;
  const beside = all.filter((one) => placeOf(one) === placeOf(stream)).map(viewOf);
  // Gas and water hang on the electricity meter, and stand below its power.
  if (view === 'numbers' && beside.includes('curve')) return 'curve';
  return view === 'statements' && beside.some((one) => one !== view) ? null : view;
}

/** Power before what hangs on its meter, tags before what a reader says of itself. */
function rank(stream: Stream): number {
  const isLead = viewOf(stream) !== 'numbers' && stream.kind !== 'reader';
  return isLead || stream.fields.some(({ name }) => name === 'tag.id') ? 0 : 1;
}

/** One meter, with whatever hangs on it, is shown by itself; more is a town. */
export function isTown(streams: readonly Stream[]): boolean {
  const devices = streams.filter((stream) => !isAboutAgent(stream));
  const sources = new Set(devices.map(({ agent, source }) => `${agent} ${source}`));
  const views = new Set(devices.map(viewOf).map((view) => (view === 'numbers' ? 'curve' : view)));
  return sources.size > 1 || views.size > 1 || (devices.length > 1 && !views.has('curve'));
}
