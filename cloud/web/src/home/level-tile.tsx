/** How full the bins are: a bar, the last days, and when each was emptied. */
import type { JSX } from 'preact';
import type { Stream } from '../api/model.ts';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatMoment } from '../format/times.ts';
import { emptiedAt, fillOf, fillSeries, newestFill } from '../level/fill.ts';
import { FillBar } from '../level/fill-bar.tsx';
import { readingsOf } from '../live/live-state.ts';
import { useWords } from '../strings/words.ts';
import { townSource } from '../town/town-sources.ts';
import { EvidenceLine } from './evidence-line.tsx';
import { nameOf } from './names.ts';
import type { TileContext } from './overview.tsx';
import { Spark } from './spark.tsx';
import { sparkStart } from './spark-lines.ts';
import { Tile } from './tile.tsx';
import { useSpark } from './use-spark.ts';
import { useTileReadings } from './use-tile-readings.ts';

const WEEK_MS = 7 * 86_400_000;
// A week of one reading in ten minutes is drawn as it is.
const POINTS = 1010;
const MOST_BINS = 6;

export function LevelTile(context: TileContext): JSX.Element {
  const { state, group, now, className } = context;
  const { t, language } = useWords();
  const [stream] = group.streams;
  const readings = useTileReadings(state, group);
  return (
    <Tile
      view={group.view}
      name={nameOf(stream, state.status, language)}
      {...{ stream, readings, now, className }}
    >
      {group.streams.slice(0, MOST_BINS).map((one) => (
        <Bin key={one.device} context={context} stream={one} alone={group.streams.length === 1} />
      ))}
      {group.streams.length > MOST_BINS && (
        <p class="quiet small">{t.town.more(group.streams.length - MOST_BINS)}</p>
      )}
    </Tile>
  );
}

interface BinProps {
  readonly context: TileContext;
  readonly stream: Stream;
  readonly alone: boolean;
}

function Bin({ context, stream, alone }: BinProps): JSX.Element | null {
  const { api, state, now, onVerify, onVerifyAt } = context;
  const { t, language } = useWords();
  const readings = readingsOf(state, stream);
  const shape = townSource(stream.source, state.status?.demonstration ?? false)?.bin ?? null;
  const newest = newestFill(readings, shape);
  const fill = newest && fillOf(newest, shape);
  const raw = useSpark({
    ...{ api, stream, readings, field: alone && fill ? fill.field.name : null },
    ...{ rangeMs: WEEK_MS, points: POINTS },
  });
  if (newest === null || fill === null) return null;
  const series = raw && fillSeries(raw, shape);
  const emptied = series && emptiedAt(series);
  const from = sparkStart(series, readings, now, WEEK_MS);
  const isWhole = now - from >= WEEK_MS;
  const known = series?.times[0] ?? now;
  const isPercent = fill.percent !== null;
  return (
    <div class="bin">
      {!alone && <p class="tile-what">{stream.device}</p>}
      <FillBar fill={fill} />
      <EvidenceLine
        {...{ reading: newest, marks: state.marks, now, onVerify }}
        what={[t.town.kinds.level, alone ? '' : stream.device].filter(Boolean).join(' ')}
      />
      {series !== null && series.times.length > 1 && (
        <figure class="tile-spark">
          <Spark
            {...{ series, from, to: now, limits: isPercent ? FULL : null }}
            fromZero={isPercent}
          />
          <figcaption class="quiet small">
            <span>{isWhole ? t.level.lastDays : t.town.since(formatMoment(from, language))}</span>
          </figcaption>
        </figure>
      )}
      {isPercent && series !== null && (
        <p class="small">
          {emptied === null ? (
            <span class="quiet">{t.level.notEmptied(formatMoment(known, language))}</span>
          ) : (
            <button type="button" class="link" onClick={() => onVerifyAt(stream, emptied)}>
              {t.level.emptied(formatMoment(emptied, language))}
            </button>
          )}
        </p>
      )}
      {!isPercent && (
        <p class="small quiet">
          {formatDigits(fill.field.value, language)} {formatUnit(fill.field.unit)} ·{' '}
          {t.level.unknown}
        </p>
      )}
    </div>
  );
}

const FULL = [0, 100] as const;
