/** The head of the page: what this is, which meter, whether the line is up, language and appearance. */
import type { JSX } from 'preact';
import { type Status, type Stream, sameStream } from './api/model.ts';
import { Button, Choice } from './design/button.tsx';
import { SealMark } from './design/icons.tsx';
import { nameOf } from './home/names.ts';
import type { LiveState } from './live/live-state.ts';
import { isAboutAgent, leadingField } from './live/streams.ts';
import { viewOf } from './live/views.ts';
import type { Theme } from './settings.ts';
import type { Language } from './strings/language.ts';
import { quantityWords } from './strings/quantity-words.ts';
import { useWords, type Words } from './strings/words.ts';

interface PageTopProps {
  readonly state: LiveState;
  readonly stream: Stream | null;
  readonly theme: Theme;
  /** More than one source: there is an overview to go back to. */
  readonly town: boolean;
  /** Null: the overview. */
  readonly onStream: (stream: Stream | null) => void;
  readonly onLanguage: (language: Language) => void;
  readonly onTheme: (theme: Theme) => void;
}

export function PageTop(props: PageTopProps): JSX.Element {
  const { state, stream, theme, town, onStream, onLanguage, onTheme } = props;
  const { t, language } = useWords();
  return (
    <header class="top">
      <a class="brand" href="#/">
        <SealMark />
        <h1 class="brand">{t.title}</h1>
      </a>
      <div class="meter-choice">
        {(stream !== null || town) && <StreamChoice {...{ state, stream, town, onStream }} />}
      </div>
      <span class={`line ${state.connection}`} role="status">
        <i aria-hidden="true" />
        {t.connection[state.connection]}
      </span>
      <Choice
        label={t.page.language}
        value={language}
        onChange={onLanguage}
        options={[
          { value: 'sv', text: 'SV', spoken: 'Svenska' },
          { value: 'en', text: 'EN', spoken: 'English' },
        ]}
      />
      <Button
        icon={theme === 'dark' ? 'sun' : 'moon'}
        label={theme === 'dark' ? t.page.toLight : t.page.toDark}
        onClick={() => onTheme(theme === 'dark' ? 'light' : 'dark')}
      />
    </header>
  );
}

type StreamChoiceProps = Pick<PageTopProps, 'state' | 'stream' | 'town' | 'onStream'>;

const OVERVIEW = -1;

function StreamChoice({ state, stream, town, onStream }: StreamChoiceProps): JSX.Element {
  const words = useWords();
  const { t } = words;
  const streams = state.streams ?? [];
  const groups = [
    [t.page.meters, streams.filter((one) => !isAboutAgent(one))],
    [t.page.aboutAgents, streams.filter(isAboutAgent)],
  ] as const;
  return (
    <label>
      <span class="spoken">{t.page.meter}</span>
      <select
        value={stream === null ? OVERVIEW : streams.findIndex((one) => sameStream(one, stream))}
        onChange={(event) => onStream(streams[Number(event.currentTarget.value)] ?? null)}
      >
        {town && <option value={OVERVIEW}>{t.town.overview}</option>}
        {groups.map(
          ([label, members]) =>
            members.length > 0 && (
              <optgroup key={label} label={label}>
                {members.map((one) => (
                  <option key={streams.indexOf(one)} value={streams.indexOf(one)}>
                    {streamWords(one, state.status, words)}
                  </option>
                ))}
              </optgroup>
            ),
        )}
      </select>
    </label>
  );
}

/** What it measures stands before the device's long number: two meters of one house differ there first. */
function streamWords(stream: Stream, status: Status | null, { t, language }: Words): string {
  if (isAboutAgent(stream)) return t.page.agentOf(stream.agent.slice(0, 8));
  const leading = leadingField(stream);
  const view = viewOf(stream);
  const measures = leading === null ? t.town.kinds[view] : quantityWords(leading.name, language);
  return [nameOf(stream, status, language).title, measures, stream.device]
    .filter(Boolean)
    .join(' · ');
}
