/** Power now, how it went in the last hour, and whatever else hangs on the same meter. */
import type { JSX } from 'preact';
import type { Reading, Stream } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatAge } from '../format/times.ts';
import { readingsOf } from '../live/live-state.ts';
import { leadingField, leadingValue } from '../live/streams.ts';
import { extentOf } from '../meter/curve-data.ts';
import { isFlow } from '../meter/value-range.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { Age, EvidenceLine, type OnVerify } from './evidence-line.tsx';
import { nameOf } from './names.ts';
import type { TileContext } from './overview.tsx';
import { Spark } from './spark.tsx';
import { sparkStart } from './spark-lines.ts';
import { Tile } from './tile.tsx';
import { useSpark } from './use-spark.ts';
import { useTileReadings } from './use-tile-readings.ts';

const HOUR_MS = 3_600_000;
const POINTS = 180;

export function CurveTile(context: TileContext): JSX.Element {
  const { api, state, group, now, className, onVerify } = context;
  const { t, language } = useWords();
  const [stream, ...others] = group.streams;
  const readings = readingsOf(state, stream);
  const leading = leadingField(stream);
  const newest = leading && readings.find((reading) => leadingValue(reading, leading) !== null);
  const field = leading && newest ? leadingValue(newest, leading) : null;
  const series = useSpark({
    ...{ api, stream, readings, field: field?.name ?? null },
    ...{ rangeMs: HOUR_MS, points: POINTS },
  });
  const from = sparkStart(series, readings, now, HOUR_MS);
  const extent = series && extentOf(series);
  const number = (value: number) => formatDigits(String(Number(value.toPrecision(3))), language);
  return (
    <Tile
      view={group.view}
      name={nameOf(stream, state.status, language)}
      readings={useTileReadings(state, group)}
      {...{ stream, now, className }}
    >
      {field && newest && (
        <>
          <p class="tile-what">{quantityWords(field.name, language)}</p>
          <p class="tile-figure">
            {formatDigits(field.value, language)} <span class="unit">{formatUnit(field.unit)}</span>
          </p>
          <EvidenceLine
            {...{ reading: newest, marks: state.marks, now, onVerify }}
            what={quantityWords(field.name, language)}
          />
          {series !== null && series.times.length > 1 && (
            <figure class="tile-spark">
              <Spark {...{ series, from, to: now, limits: null }} fromZero={isFlow(field.unit)} />
              <figcaption class="quiet small">
                <span>{now - from < HOUR_MS ? formatAge(now - from) : t.town.lastHour}</span>
                {extent && (
                  <span>
                    {t.curve.between(number(extent.lowest), number(extent.highest))}{' '}
                    {formatUnit(field.unit)}
                  </span>
                )}
              </figcaption>
            </figure>
          )}
        </>
      )}
      <OtherStreams {...{ context, streams: others, onVerify }} />
    </Tile>
  );
}

interface OtherStreamsProps {
  readonly context: TileContext;
  readonly streams: readonly Stream[];
  readonly onVerify: OnVerify;
}

// What hangs on one meter: gas, water, heat. A whole bus of meters is on its page.
const MOST_OTHERS = 4;

function OtherStreams({ context, streams, onVerify }: OtherStreamsProps): JSX.Element | null {
  const { t } = useWords();
  if (streams.length === 0) return null;
  return (
    <>
      <ul class="tile-rows">
        {streams.slice(0, MOST_OTHERS).map((stream) => (
          <OtherRow key={stream.device} {...{ context, stream, onVerify }} />
        ))}
      </ul>
      {streams.length > MOST_OTHERS && (
        <p class="quiet small">{t.town.more(streams.length - MOST_OTHERS)}</p>
      )}
    </>
  );
}

interface OtherRowProps {
  readonly context: TileContext;
  readonly stream: Stream;
  readonly onVerify: OnVerify;
}

function OtherRow({ context, stream, onVerify }: OtherRowProps): JSX.Element | null {
  const { t, language } = useWords();
  const leading = leadingField(stream);
  const reading = readingsOf(context.state, stream).find(
    (one: Reading) => leading && leadingValue(one, leading) !== null,
  );
  const field = leading && reading ? leadingValue(reading, leading) : null;
  if (field === null || reading === undefined) return null;
  const what = quantityWords(field.name, language);
  return (
    <li>
      <span class="row-what">
        {what}
        <Age time={reading.time} now={context.now}>
          {t.town.ago(formatAge(context.now - reading.time))}
        </Age>
      </span>
      <b>
        {formatDigits(field.value, language)} {formatUnit(field.unit)}
      </b>
      <Button compact onClick={() => onVerify(reading)} label={t.value.verifyOf(what)}>
        {t.table.verify}
      </Button>
    </li>
  );
}
