/** All sources side by side, from live streams; every number leads to its evidence. */
import './overview.css';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import { STAGES, type Stream } from '../api/model.ts';
import { Icon } from '../design/icons.tsx';
import type { LiveState } from '../live/live-state.ts';
import { useNow } from '../live/use-live.ts';
import { groupTiles, type TileGroup } from '../live/views.ts';
import { useWords } from '../strings/words.ts';
import { CurveTile } from './curve-tile.tsx';
import type { OnVerify } from './evidence-line.tsx';
import { LevelTile } from './level-tile.tsx';
import { Part } from './part.tsx';
import { loadMap, loadTags } from './parts.ts';
import { PlainTile } from './plain-tile.tsx';
import { spanClasses } from './spans.ts';

export interface OverviewProps {
  readonly api: Api;
  readonly state: LiveState;
  readonly theme: string;
  readonly onVerify: OnVerify;
  /** Verifies the reading at or before a time. */
  readonly onVerifyAt: (stream: Stream, time: number) => void;
}

export interface TileContext extends OverviewProps {
  readonly group: TileGroup;
  readonly now: number;
  readonly className: string;
}

export function Overview(props: OverviewProps): JSX.Element {
  const { state } = props;
  const { t } = useWords();
  const now = useNow(1000);
  const groups = useMemo(() => groupTiles(state.streams ?? []), [state.streams]);
  const spans = spanClasses(groups.map(({ view }) => view === 'position'));
  return (
    <>
      <section class="overview-head" aria-labelledby="overview-title">
        <h2 id="overview-title" tabIndex={-1}>
          {state.status?.demonstration ? t.town.title : t.town.overview}
        </h2>
        <p>{t.town.intro}</p>
        <ol class="road" aria-label={t.town.road}>
          {STAGES.map((stage) => (
            <li key={stage} class={`is-${stage}`} title={t.stateMeanings[stage]}>
              <Icon name={stage} />
              <span>{t.states[stage]}</span>
              <span class="spoken">{t.stateMeanings[stage]}</span>
            </li>
          ))}
        </ol>
      </section>
      <div class="tiles">
        {groups.map((group, i) => (
          <TileOf key={group.key} {...{ ...props, group, now, className: spans[i] ?? '' }} />
        ))}
      </div>
    </>
  );
}

function TileOf(context: TileContext): JSX.Element {
  const { t } = useWords();
  const waiting = `panel tile tile-${context.group.view} ${context.className}`;
  switch (context.group.view) {
    case 'curve':
      return <CurveTile {...context} />;
    case 'tags':
      return (
        <Part load={loadTags} className={waiting}>
          {({ TagTile }) => <TagTile {...context} />}
        </Part>
      );
    case 'position':
      return (
        <Part load={loadMap} className={waiting} waiting={t.map.loading}>
          {({ MapTile }) => <MapTile {...context} />}
        </Part>
      );
    case 'level':
      return <LevelTile {...context} />;
    default:
      return <PlainTile {...context} />;
  }
}
