/** One stream: what it says now, how firm that is, its curve, visits or track, and its readings. */
import './meter-page.css';
import type { ComponentChildren, JSX } from 'preact';
import type { Api } from '../api/client.ts';
import type { Marks, Reading, Stream } from '../api/model.ts';
import { EmptyState } from '../design/notice.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatPosition } from '../format/position.ts';
import { Part } from '../home/part.tsx';
import { loadCurve, loadMap, loadTags } from '../home/parts.ts';
import { fillOf } from '../level/fill.ts';
import { FillBar } from '../level/fill-bar.tsx';
import type { LiveState } from '../live/live-state.ts';
import { keyOf } from '../live/recent.ts';
import { isAboutStream } from '../live/silence.ts';
import { leadingField, leadingValue } from '../live/streams.ts';
import { type View, viewOf } from '../live/views.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { townSource } from '../town/town-sources.ts';
import { LiveValue } from './live-value.tsx';
import { DigitsAndUnit } from './reading-row.tsx';
import { ReadingsTable } from './readings-table.tsx';
import { StageTrack } from './stage-track.tsx';

export interface MeterPageProps {
  readonly api: Api;
  readonly state: LiveState;
  readonly stream: Stream;
  readonly marks: Marks;
  readonly theme: string;
  readonly onVerify: (reading: Pick<Reading, 'agent' | 'seq'>) => void;
  readonly onVerifyAt: (time: number) => void;
  readonly onOlder: () => void;
}

export function MeterPage(props: MeterPageProps): JSX.Element {
  const { state, stream } = props;
  const { t } = useWords();
  const { readings } = state;
  if (readings === null) return <EmptyState title={t.empty.loading} />;
  if (readings.length === 0)
    return (
      <EmptyState title={t.empty.noReadings}>
        <p>{t.empty.noReadingsText}</p>
      </EmptyState>
    );
  const view = viewOf(stream);
  const page = { ...props, readings };
  if (view === 'tags')
    return (
      <Part load={loadTags} className="panel">
        {({ NewestTag, TagStage, tagCell }) => (
          <StreamPage
            {...page}
            view={view}
            title={t.tags.newest}
            show={(reading) => tagCell(reading) && <NewestTag reading={reading} />}
            cell={tagCell}
          >
            <TagStage {...page} />
          </StreamPage>
        )}
      </Part>
    );
  if (view === 'position') return <PositionPage {...page} />;
  return <NumberPage {...page} view={view} />;
}

interface PageProps extends MeterPageProps {
  readonly readings: readonly Reading[];
}

function PositionPage(page: PageProps): JSX.Element {
  const { t, language } = useWords();
  const place = (reading: Reading) => formatPosition(reading, language);
  return (
    <StreamPage {...page} view="position" title={t.map.newest} show={place} cell={place}>
      <Part load={loadMap} className="panel stage map-stage" waiting={t.map.loading}>
        {({ MapStage }) => <MapStage {...page} />}
      </Part>
    </StreamPage>
  );
}

function NumberPage(page: PageProps & { readonly view: View }): JSX.Element {
  const { state, stream, readings, view } = page;
  const { t, language } = useWords();
  const leading = leadingField(stream);
  const shape = townSource(stream.source, state.status?.demonstration ?? false)?.bin ?? null;
  const fieldOf = (reading: Reading) => leading && leadingValue(reading, leading);
  const newest = readings.find((reading) => fieldOf(reading) !== null) ?? readings[0];
  const shown = newest ? fieldOf(newest) : null;
  const name = view === 'level' ? t.town.kinds.level : quantityWords(shown?.name ?? '', language);
  return (
    <StreamPage
      {...page}
      title={name}
      show={(reading) => {
        const field = fieldOf(reading);
        const fill = view === 'level' ? fillOf(reading, shape) : null;
        if (fill !== null) return <FillBar fill={fill} />;
        return (
          field && (
            <>
              {formatDigits(field.value, language)}
              <span class="unit"> {formatUnit(field.unit)}</span>
            </>
          )
        );
      }}
      cell={(reading) => {
        const field = fieldOf(reading);
        return field && <DigitsAndUnit field={field} />;
      }}
    >
      {leading !== null && (
        <Part load={loadCurve} className="panel curve">
          {({ MeterCurve }) => (
            <MeterCurve key={keyOf(stream)} {...page} leading={shown?.name ?? leading.name} />
          )}
        </Part>
      )}
    </StreamPage>
  );
}

interface StreamPageProps extends PageProps {
  readonly view: View;
  readonly title: string;
  /** The newest of what it says, large; null where the reading says none of it. */
  readonly show: (reading: Reading) => ComponentChildren;
  readonly cell: (reading: Reading) => ComponentChildren;
  readonly children: ComponentChildren;
}

function StreamPage(props: StreamPageProps): JSX.Element {
  const { state, readings, marks, view, title, show, cell, onVerify, onOlder, children } = props;
  const { t } = useWords();
  // A sign of life may be newer than the newest value.
  const newest = readings.find((reading) => !isAboutStream(reading) && show(reading) !== null);
  const hasStage = view === 'tags' || view === 'position';
  return (
    <div class={`meter ${newest === undefined && !hasStage ? 'no-numbers' : ''}`}>
      {newest === undefined ? (
        <EmptyState title={t.empty.noNumbers}>
          <p>{t.empty.noNumbersText}</p>
        </EmptyState>
      ) : (
        <LiveValue
          {...{ reading: newest, readings, view, title, marks, onVerify }}
          connected={state.connection !== 'lost'}
        >
          {show(newest)}
        </LiveValue>
      )}
      {marks.size > 0 && <StageTrack readings={readings} marks={marks} />}
      {children}
      <ReadingsTable {...{ readings, complete: state.complete, cell, marks, onVerify, onOlder }} />
    </div>
  );
}
