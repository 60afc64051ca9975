/** Whatever else is measured: its leading values, and the way to verify them. */
import type { JSX } from 'preact';
import type { Reading, Stream } from '../api/model.ts';
import { formatUnit } from '../format/digits.ts';
import { formatFieldValue } from '../format/field-value.ts';
import { readingsOf } from '../live/live-state.ts';
import { isAboutStream } from '../live/silence.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { EvidenceLine } from './evidence-line.tsx';
import { nameOf } from './names.ts';
import type { TileContext } from './overview.tsx';
import { Tile } from './tile.tsx';
import { useTileReadings } from './use-tile-readings.ts';

const MOST_VALUES = 4;
const MOST_DEVICES = 4;

export function PlainTile(context: TileContext): JSX.Element {
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
      {group.streams.slice(0, MOST_DEVICES).map((one) => (
        <PlainValues key={one.device} context={context} stream={one} />
      ))}
      {group.streams.length > MOST_DEVICES && (
        <p class="quiet small">{t.town.more(group.streams.length - MOST_DEVICES)}</p>
      )}
    </Tile>
  );
}

interface PlainValuesProps {
  readonly context: TileContext;
  readonly stream: Stream;
}

function PlainValues({ context, stream }: PlainValuesProps): JSX.Element | null {
  const { state, now, onVerify } = context;
  const { t, language } = useWords();
  const newest = readingsOf(state, stream).find((one: Reading) => !isAboutStream(one));
  if (newest === undefined) return null;
  const measured = newest.fields.filter(({ unit }) => unit !== null);
  const shown = (measured.length > 0 ? measured : newest.fields).slice(0, MOST_VALUES);
  const kind = t.kinds[newest.kind] ?? newest.kind;
  return (
    <>
      <dl class="tile-values">
        {shown.map((field) => (
          <div key={field.name}>
            <dt class="quiet">{quantityWords(field.name, language)}</dt>
            <dd>
              {formatFieldValue(field, language)}{' '}
              <span class="quiet">{formatUnit(field.unit)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <EvidenceLine
        {...{ reading: newest, marks: state.marks, now, onVerify }}
        what={[kind, stream.device].filter(Boolean).join(' ')}
      />
    </>
  );
}
