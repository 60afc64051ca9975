/** All positions on one map, each with its newest fix in words. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Stream } from '../api/model.ts';
import { formatDigits } from '../format/digits.ts';
import { EvidenceLine } from '../home/evidence-line.tsx';
import { nameOf } from '../home/names.ts';
import type { TileContext } from '../home/overview.tsx';
import { Tile } from '../home/tile.tsx';
import { useTileReadings } from '../home/use-tile-readings.ts';
import { readingsOf } from '../live/live-state.ts';
import { useWords } from '../strings/words.ts';
import { type Fix, fixesOf } from './fixes.ts';
import { placeOf } from './place-words.ts';
import { standingSources } from './standing.ts';
import { TrackMap } from './track-map.tsx';

// Names beside the map; all of them are drawn.
const MOST_NAMED = 4;

export function MapTile(context: TileContext): JSX.Element {
  const { state, group, now, className, theme, onVerify } = context;
  const { t, language } = useWords();
  const { streams } = group;
  const [stream] = streams;
  const demonstration = state.status?.demonstration ?? false;
  const lists = streams.map((one) => readingsOf(state, one));
  const tracks = useMemo(
    () =>
      streams.map((one, i) => ({
        stream: one,
        name: nameOf(one, state.status, language).title,
        fixes: fixesOf(lists[i] ?? [], state.marks),
      })),
    [...lists, state.marks, state.status, language, streams.length],
  );
  const standing = standingSources(state, language);
  const only = tracks.length === 1 ? nameOf(stream, state.status, language) : null;
  return (
    <Tile
      view="position"
      name={only ?? { title: t.map.title, detail: '' }}
      readings={useTileReadings(state, group)}
      {...{ stream, now, className }}
    >
      <TrackMap
        {...{ tracks, standing, theme, town: demonstration, free: false, marked: null }}
        onPick={({ reading }) => onVerify(reading)}
      />
      <ul class="map-newest">
        {tracks.slice(0, MOST_NAMED).map((track) => (
          <NewestFix key={track.stream.source + track.stream.device} {...{ context, track }} />
        ))}
      </ul>
      {tracks.length > MOST_NAMED && (
        <p class="quiet small">{t.town.more(tracks.length - MOST_NAMED)}</p>
      )}
      {tracks.some(({ fixes }) => fixes[0]?.cell) && <p class="quiet small">{t.map.cellHint}</p>}
      <p class="quiet small">{demonstration ? t.map.town : t.map.bare}</p>
    </Tile>
  );
}

interface NewestFixProps {
  readonly context: TileContext;
  readonly track: {
    readonly stream: Stream;
    readonly name: string;
    readonly fixes: readonly Fix[];
  };
}

function NewestFix({ context, track }: NewestFixProps): JSX.Element {
  const { state, now, onVerify } = context;
  const { t, language } = useWords();
  const [fix] = track.fixes;
  const position = fix && placeOf(fix, t, language);
  if (fix === undefined || !position)
    return (
      <li>
        <b>{track.name}</b> <span class="quiet">{t.map.none}</span>
      </li>
    );
  return (
    <li>
      <span class="row-what">
        <b>{position}</b>
        {fix.accuracy !== null && (
          <span class="quiet">{t.map.accuracy(formatDigits(String(fix.accuracy), language))}</span>
        )}
      </span>
      <EvidenceLine
        {...{ reading: fix.reading, marks: state.marks, now, onVerify }}
        what={`${t.map.newest} ${track.name}`}
      />
    </li>
  );
}
