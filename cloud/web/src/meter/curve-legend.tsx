/** What the colours along the curve mean: only those that are there. */
import './curve.css';
import type { JSX } from 'preact';
import { StateMark } from '../design/state.tsx';
import type { Region } from '../live/progress.ts';
import { useWords } from '../strings/words.ts';

interface CurveLegendProps {
  readonly regions: readonly Region[];
  readonly holes: boolean;
  readonly band: boolean;
}

export function CurveLegend({ regions, holes, band }: CurveLegendProps): JSX.Element {
  const { t } = useWords();
  return (
    <ul class="legend">
      {regions.map(({ stage }) => (
        <li key={stage} class={`is-${stage}`}>
          <span class="swatch" aria-hidden="true" />
          <StateMark state={stage} />
        </li>
      ))}
      {holes && (
        <li class="is-missing">
          <span class="swatch hole" aria-hidden="true" />
          <StateMark state="missing" />
        </li>
      )}
      {band && (
        <li>
          <span class="swatch band" aria-hidden="true" />
          {t.curve.band}
        </li>
      )}
    </ul>
  );
}
