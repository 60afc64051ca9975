/** The newest tags at one reader, and how many readings it has made today. */
import './tags.css';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatDigits } from '../format/digits.ts';
import { nameOf } from '../home/names.ts';
import type { TileContext } from '../home/overview.tsx';
import { Tile } from '../home/tile.tsx';
import { useTileReadings } from '../home/use-tile-readings.ts';
import { readingsOf } from '../live/live-state.ts';
import { useWords } from '../strings/words.ts';
import { useToday } from './use-today.ts';
import { VisitList } from './visit-list.tsx';
import { visitsOf } from './visits.ts';

const MOST_VISITS = 4;

export function TagTile(context: TileContext): JSX.Element {
  const { api, state, group, now, className, onVerify } = context;
  const { t, language } = useWords();
  const [stream] = group.streams;
  const readings = useTileReadings(state, group);
  const visits = useMemo(() => visitsOf(readings), [readings]);
  const today = useToday(api, stream, readingsOf(state, stream)[0], now);
  return (
    <Tile
      view="tags"
      name={nameOf(stream, state.status, language)}
      {...{ stream, readings, now, className }}
    >
      {visits.length === 0 ? (
        <div class="tile-empty">
          <p>{t.tags.none}</p>
          <p class="quiet small">{t.tags.noneText}</p>
        </div>
      ) : (
        <VisitList
          visits={visits.slice(0, MOST_VISITS)}
          marks={state.marks}
          {...{ now, onVerify }}
        />
      )}
      {today !== null && (
        <p class="tile-sum">{t.tags.today(formatDigits(String(today), language))}</p>
      )}
    </Tile>
  );
}
