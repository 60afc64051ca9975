/** The page: demonstration bar, head, all sources or the chosen one, the verify dialog over it, foot. */
import './app.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Api } from './api/client.ts';
import type { Reading, Stream, StreamKey } from './api/model.ts';
import { Icon } from './design/icons.tsx';
import { EmptyState, Notice, Toast } from './design/notice.tsx';
import { formatAge } from './format/times.ts';
import { nameOf } from './home/names.ts';
import { Overview } from './home/overview.tsx';
import { Part } from './home/part.tsx';
import { loadCalendar } from './home/parts.ts';
import type { Live } from './live/live.ts';
import { chosenStream, type LiveState } from './live/live-state.ts';
import { useLive, useNow } from './live/use-live.ts';
import { isTown } from './live/views.ts';
import { MeterPage } from './meter/meter-page.tsx';
import { PageFoot } from './page-foot.tsx';
import { PageTop } from './page-top.tsx';
import { formatRoute } from './routes.ts';
import { type Memory, useLanguage, useTheme } from './settings.ts';
import { useWords, WordsContext, wordsOf } from './strings/words.ts';
import { useRoute } from './use-route.ts';
import { useToast } from './use-toast.ts';
import { VerifyDialog } from './verify/verify-dialog.tsx';

interface AppProps {
  readonly api: Api;
  readonly live: Live;
  readonly memory: Memory;
}

export function App({ api, live, memory }: AppProps): JSX.Element {
  const [language, setLanguage] = useLanguage(memory);
  const [theme, setTheme] = useTheme(memory);
  const [route, go] = useRoute();
  const [toast, say] = useToast();
  const state = useLive(live);
  const stream = chosenStream(state);
  const words = wordsOf(language);

  // The dialog lies over the meter that was chosen; closing it goes back there.
  const [wanted, setWanted] = useState(route.page === 'meter' ? route.stream : null);
  useEffect(() => {
    if (route.page !== 'verify') setWanted(route.page === 'meter' ? route.stream : null);
  }, [route]);
  useEffect(() => live.choose(wanted), [live, wanted]);

  const verify = ({ agent, seq }: Pick<Reading, 'agent' | 'seq'>) =>
    go({ page: 'verify', agent, seq });
  const verifyAt = async (stream: StreamKey, time: number) => {
    const [reading] = await api
      .readings({ stream, to: Math.floor(time) + 1, limit: 1 })
      .catch(() => []);
    if (reading === undefined) say(words.t.curve.notFound);
    else verify(reading);
  };
  const open = (chosen: StreamKey | null) =>
    go(chosen === null ? { page: 'home' } : { page: 'meter', stream: chosen });
  const town = isTown(state.streams ?? []);
  const calendar = route.page === 'calendar' ? route : null;
  const isOverview = town && stream === null && calendar === null;
  const [main, skip] =
    calendar !== null
      ? (['calendar-title', words.t.completeness.skip] as const)
      : isOverview
        ? (['overview-title', words.t.town.skip] as const)
        : (['live-value', words.t.page.skip] as const);

  return (
    <WordsContext.Provider value={words}>
      <button type="button" class="skip" onClick={() => focusOn(main)}>
        {skip}
      </button>
      {state.status?.demonstration && (
        <p class="demo-bar">
          <b>{words.t.demonstration.title}</b>{' '}
          {town ? words.t.demonstration.town : words.t.demonstration.text}
        </p>
      )}
      <PageTop
        state={state}
        stream={stream}
        theme={theme}
        town={town}
        onStream={open}
        onLanguage={setLanguage}
        onTheme={setTheme}
      />
      <main>
        <LineNotice state={state} />
        {isOverview && (
          <Overview {...{ api, state, theme }} onVerify={verify} onVerifyAt={verifyAt} />
        )}
        {calendar !== null && (
          <Part load={loadCalendar} className="panel">
            {({ CalendarPage }) => (
              <CalendarPage
                key={`${calendar.agent}/${calendar.source}`}
                {...{ api, state, say, name: calendar, at: calendar.at }}
                onAt={(at) => go({ ...calendar, at })}
              />
            )}
          </Part>
        )}
        {stream === null && !isOverview && calendar === null && <NothingYet state={state} />}
        {stream !== null && calendar === null && <StreamHead {...{ state, stream, town }} />}
        {stream !== null && calendar === null && (
          <MeterPage
            api={api}
            state={state}
            stream={stream}
            marks={state.marks}
            theme={theme}
            onVerify={verify}
            onVerifyAt={(time) => verifyAt(stream, time)}
            onOlder={() => void live.loadOlder()}
          />
        )}
      </main>
      <PageFoot version={state.status?.version ?? null} />
      {route.page === 'verify' && (
        <VerifyDialog
          key={`${route.agent}/${route.seq}`}
          api={api}
          state={state}
          agent={route.agent}
          seq={route.seq}
          say={say}
          onClose={() => open(wanted)}
        />
      )}
      <Toast text={toast} />
    </WordsContext.Provider>
  );
}

interface StreamHeadProps {
  readonly town: boolean;
  readonly state: LiveState;
  readonly stream: Stream;
}

/** Which of the sources this is, and the way back to all of them. */
function StreamHead({ state, stream, town }: StreamHeadProps): JSX.Element {
  const { t, language } = useWords();
  const { title, detail } = nameOf(stream, state.status, language);
  const calendar = formatRoute({ page: 'calendar', ...stream, at: null });
  return (
    <div class="stream-head">
      {town && (
        <>
          <a href={formatRoute({ page: 'home' })}>
            <Icon name="back" />
            {t.town.overview}
          </a>
          <h2>{title}</h2>
          <span class="quiet">{detail}</span>
        </>
      )}
      <a href={calendar} aria-label={t.completeness.linkOf(title)}>
        {t.completeness.link}
      </a>
    </div>
  );
}

/** A lost line is told with its age; the browser and this page try again by themselves. */
function LineNotice({ state }: { state: LiveState }): JSX.Element {
  const { t } = useWords();
  const now = useNow(1000);
  return (
    <div role="status">
      {state.connection === 'lost' ? (
        <Notice look="broken" icon="broken" title={t.connection.lostTitle}>
          {state.lastHeard !== null && (
            <p>{t.connection.lostText(formatAge(now - state.lastHeard))}</p>
          )}
        </Notice>
      ) : (
        state.problem !== null && (
          <Notice look="waiting" icon="broken" title={t.connection.problemTitle}>
            <p>{state.problem.message}</p>
          </Notice>
        )
      )}
    </div>
  );
}

function NothingYet({ state }: { state: LiveState }): JSX.Element {
  const { t } = useWords();
  if (state.streams === null) return <EmptyState title={t.empty.loading} />;
  return (
    <EmptyState title={t.empty.noStreams}>
      <p>{t.empty.noStreamsText}</p>
    </EmptyState>
  );
}

const focusOn = (id: string) => document.getElementById(id)?.focus();
