/** A source's month: which days are complete, which have holes, and the evidence of each. */
import './calendar.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icons.tsx';
import { EmptyState, Notice } from '../design/notice.tsx';
import { nameOf } from '../home/names.ts';
import type { LiveState } from '../live/live-state.ts';
import { useNow } from '../live/use-live.ts';
import { formatRoute } from '../routes.ts';
import { useWords } from '../strings/words.ts';
import { townSource } from '../town/town-sources.ts';
import { RangeDialog } from '../verify/range-dialog.tsx';
import type { SourceName } from './ask.ts';
import {
  type DayName,
  dayBounds,
  dayOf,
  isDay,
  isMonth,
  monthOf,
  shiftMonth,
  weeksOf,
} from './calendar.ts';
import { DayPanel, numberWords } from './day-panel.tsx';
import { daysAt, sumDay } from './day-sum.ts';
import { formatDay, formatMonth } from './format.ts';
import { DAY_STATES, type StreamMonth } from './model.ts';
import { DAY_ICONS, MonthGrid } from './month-grid.tsx';
import { type DayNumber, numbersOf } from './numbers.ts';
import { useMonth } from './use-month.ts';

export interface CalendarPageProps {
  readonly api: Api;
  readonly state: LiveState;
  readonly name: SourceName;
  /** A month or a day; null: now. */
  readonly at: string | null;
  readonly onAt: (at: string) => void;
  readonly say: (text: string) => void;
}

const A_MINUTE = 60_000;

export function CalendarPage(props: CalendarPageProps): JSX.Element {
  const { api, state, name, at, onAt, say } = props;
  const words = useWords();
  const { t, language } = words;
  const now = useNow(A_MINUTE);
  const day: DayName | null = at !== null && isDay(at) ? at : null;
  const month = day?.slice(0, 7) ?? (at !== null && isMonth(at) ? at : monthOf(now));
  const { streams, error } = useMonth(name, month);
  const [asked, setAsked] = useState<{ readonly number: DayNumber | null } | null>(null);
  const known = (state.streams ?? []).filter(
    (one) => one.agent === name.agent && one.source === name.source,
  );
  const demonstration = state.status?.demonstration ?? false;
  const shape = townSource(name.source, demonstration)?.bin ?? null;
  const { title, detail } = nameOf({ ...name, device: '' }, state.status, language);
  return (
    <div class="calendar">
      <div class="stream-head">
        <a href={formatRoute({ page: 'home' })}>
          <Icon name="back" />
          {t.town.overview}
        </a>
        <h2 id="calendar-title" tabIndex={-1}>
          {title}: {t.completeness.title}
        </h2>
        <span class="quiet">{detail}</span>
      </div>
      <p class="quiet calendar-intro">{t.completeness.intro}</p>
      {error !== null && (
        <Notice look="broken" icon="broken" title={t.completeness.failed}>
          <p>{error.message}</p>
        </Notice>
      )}
      <section class="panel month" aria-labelledby="month-title">
        <header>
          <Button
            icon="back"
            label={t.completeness.previous}
            onClick={() => onAt(shiftMonth(month, -1))}
          />
          <h3 id="month-title">{formatMonth(month, language)}</h3>
          <Button
            icon="forward"
            label={t.completeness.next}
            onClick={() => onAt(shiftMonth(month, 1))}
          />
        </header>
        {streams === null ? (
          <EmptyState title={t.empty.loading} />
        ) : streams.length === 0 ? (
          <EmptyState title={t.completeness.unknownTitle}>
            <p>{t.completeness.unknownText}</p>
          </EmptyState>
        ) : (
          <>
            <MonthSum {...{ month, streams }} />
            <MonthGrid {...{ month, streams, chosen: day, today: dayOf(now) }} onChoose={onAt} />
            <Legend />
          </>
        )}
      </section>
      {streams !== null &&
        streams.length > 0 &&
        (day === null ? (
          <section class="panel day-panel">
            <p class="quiet">{t.completeness.choose}</p>
          </section>
        ) : (
          <DayPanel
            {...{ day, streams }}
            numbers={numbersOf(known, shape)}
            onVerify={(number) => setAsked({ number })}
          />
        ))}
      {asked !== null && day !== null && (
        <RangeDialog
          {...{ api, say, day }}
          rpc={state.status?.ledger?.rpc ?? null}
          question={{
            ...name,
            ...dayBounds(day),
            number: asked.number && toQuestion(asked.number),
          }}
          title={
            asked.number === null
              ? t.completeness.dialogDay(formatDay(day, language))
              : t.completeness.dialogNumber(
                  numberWords(asked.number, words),
                  formatDay(day, language),
                )
          }
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

const toQuestion = ({ device, projection, assumptions }: DayNumber) => ({
  device,
  projection,
  assumptions,
});

interface MonthSumProps {
  readonly month: string;
  readonly streams: readonly StreamMonth[];
}

function MonthSum({ month, streams }: MonthSumProps): JSX.Element {
  const { t } = useWords();
  const states = weeksOf(month)
    .flat()
    .flatMap((day) => (day === null ? [] : [sumDay(daysAt(streams, dayBounds(day).from)).state]));
  const complete = states.filter((state) => state === 'complete').length;
  const none = states.filter((state) => state === 'none').length;
  if (none === states.length)
    return (
      <EmptyState title={t.completeness.noneTitle}>
        <p>{t.completeness.noneText}</p>
      </EmptyState>
    );
  return <p class="month-sum">{t.completeness.month(complete, states.length - complete - none)}</p>;
}

function Legend(): JSX.Element {
  const { t } = useWords();
  return (
    <ul class="month-legend" aria-label={t.completeness.legend}>
      {DAY_STATES.toReversed().map((state) => (
        <li key={state} class={`day-${state}`}>
          <span class="legend-mark">
            <Icon name={DAY_ICONS[state]} />
          </span>
          <span>
            <b>{t.completeness.states[state]}</b>{' '}
            <span class="quiet small">{t.completeness.meanings[state]}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
