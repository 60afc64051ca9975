/** The frame of a tile: what it is about, what it shows, whether it is silent or has a gap, and the way to its page. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Reading, Stream } from '../api/model.ts';
import { Icon, type IconName } from '../design/icons.tsx';
import { formatAge, formatClock } from '../format/times.ts';
import { type Gap, gapOf, silenceOf } from '../live/silence.ts';
import type { View } from '../live/views.ts';
import { formatRoute } from '../routes.ts';
import { useWords, type Words } from '../strings/words.ts';
import type { StreamName } from './names.ts';

interface TileProps {
  readonly view: View;
  readonly name: StreamName;
  /** The stream its page is about. */
  readonly stream: Stream;
  /** Newest first, of all its streams. */
  readonly readings: readonly Reading[];
  readonly now: number;
  readonly className?: string;
  readonly children: ComponentChildren;
}

const ICONS: Readonly<Record<View, IconName>> = {
  curve: 'power',
  tags: 'tag',
  position: 'position',
  level: 'level',
  numbers: 'gauge',
  statements: 'logged',
  agent: 'sealed',
};

export function Tile(props: TileProps): JSX.Element {
  const { view, name, stream, readings, now, className = '', children } = props;
  const { t } = useWords();
  const id = useId();
  return (
    <section class={`panel tile tile-${view} ${className}`} aria-labelledby={id}>
      <header class="tile-head">
        <Icon name={ICONS[view]} />
        <div>
          <p class="tile-kind">{t.town.kinds[view]}</p>
          <h3 id={id}>{name.title}</h3>
          {name.detail !== '' && <p class="quiet small">{name.detail}</p>}
        </div>
        <div class="tile-links">
          <a
            class="tile-open"
            href={formatRoute({ page: 'calendar', ...stream, at: null })}
            aria-label={t.completeness.linkOf(name.title)}
          >
            {t.completeness.link}
          </a>
          <a
            class="tile-open"
            href={formatRoute({ page: 'meter', stream })}
            aria-label={t.town.openOf(name.title)}
          >
            {t.town.open}
          </a>
        </div>
      </header>
      <Warnings {...{ view, readings, now }} />
      {readings.length === 0 ? (
        <div class="tile-empty">
          <p>{t.town.nothing}</p>
          <p class="quiet small">{t.town.nothingText}</p>
        </div>
      ) : (
        children
      )}
    </section>
  );
}

// A gap older than this is in the table of the stream's page, not news.
const NEWS_MS = 3_600_000;

/** What is missing is as visible as what is there. */
function Warnings(props: Pick<TileProps, 'view' | 'readings' | 'now'>): JSX.Element | null {
  const { view, readings, now } = props;
  const words = useWords();
  const silence = silenceOf(readings, view, now);
  const gap = readings
    .filter(({ time }) => now - time < NEWS_MS)
    .map(gapOf)
    .find((one) => one !== null);
  if (silence === null && gap === undefined) return null;
  return (
    <ul class="tile-warnings is-missing">
      {silence !== null && (
        <li>
          <Icon name="missing" />
          {words.t.town.silent(formatAge(silence))}
        </li>
      )}
      {gap && (
        <li>
          <Icon name="missing" />
          <span>
            {gapWords(gap, words)}, {formatClock(gap.to, words.language)}
          </span>
        </li>
      )}
    </ul>
  );
}

/** "Gap of 3 min: the agent was restarted, 12 readings lost". */
export function gapWords({ from, to, count, cause }: Gap, { t }: Words): string {
  const length = from === null ? t.town.gapUnknown : t.town.gap(formatAge(to - from));
  const why = [t.town.gapCauses[cause] ?? cause, count === null ? '' : t.town.gapLost(count)];
  return `${length}: ${why.filter(Boolean).join(', ')}`;
}
