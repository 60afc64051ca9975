/** What a stream is best shown as, and which streams share a tile of the overview. Pure. */
import type { Stream, StreamField } from '../api/model.ts';
import { isAboutAgent, leadingPower } from './streams.ts';

export type View = 'curve' | 'tags' | 'position' | 'level' | 'numbers' | 'statements' | 'agent';

interface Shown {
  readonly source: string;
  readonly kind: string;
  readonly fields: readonly StreamField[];
}

/** By its fields first: a reader that tells of itself for a moment is still a reader of tags. */
export function viewOf(stream: Shown): View {
  const has = (name: string) => stream.fields.some((field) => field.name === name);
  if (isAboutAgent(stream)) return 'agent';
  if (has('tag.id') || stream.kind === 'reader') return 'tags';
  if (has('position.latitude') && stream.kind !== 'level') return 'position';
  if (has('level') || (has('distance') && stream.kind !== 'meter')) return 'level';
  if (leadingPower(stream) !== null) return 'curve';
  return stream.fields.some(({ unit }) => unit !== null) ? 'numbers' : 'statements';
}

/** One source of one kind, the stream with power first; all positions share the map. */
export interface TileGroup {
  readonly key: string;
  readonly view: Exclude<View, 'agent'>;
  /** At least one. */
  readonly streams: readonly [Stream, ...Stream[]];
}

const ORDER: readonly View[] = ['curve', 'tags', 'position', 'level', 'numbers', 'statements'];

export function groupTiles(streams: readonly Stream[]): TileGroup[] {
  const powered = new Set(
    streams
      .filter((one) => viewOf(one) === 'curve')
      .map(({ agent, source }) => `${agent} ${source}`),
  );
  const groups = new Map<string, { view: TileGroup['view']; streams: [Stream, ...Stream[]] }>();
  for (const stream of streams) {
    const view = viewOf(stream);
    if (view === 'agent') continue;
    const place = `${stream.agent} ${stream.source}`;
    // Gas and water hang on the electricity meter, and stand below its power.
    const shown = view === 'numbers' && powered.has(place) ? 'curve' : view;
    const key = view === 'position' ? view : `${shown} ${place}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { view: shown, streams: [stream] });
    else group.streams.push(stream);
  }
  return [...groups]
    .map(
      ([
        key,
        {
          view,
          streams: [first, ...rest],
        },
      ]) => {
        const [lead, ...others] = [first, ...rest].toSorted((a, b) => rank(a) - rank(b));
        return { key, view, streams: [lead ?? first, ...others] as const };
      },
    )
    .toSorted((a, b) => ORDER.indexOf(a.view) - ORDER.indexOf(b.view));
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
