/** On the page of a reader: who passed, as far back as the readings at hand go. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Marks, Reading } from '../api/model.ts';
import type { OnVerify } from '../home/evidence-line.tsx';
import { useNow } from '../live/use-live.ts';
import { useWords } from '../strings/words.ts';
import { VisitList } from './visit-list.tsx';
import { visitsOf } from './visits.ts';

// As many as fit beside the road of evidence; the table below has every single reading.
const MOST_VISITS = 10;

interface TagStageProps {
  readonly readings: readonly Reading[];
  readonly marks: Marks;
  readonly onVerify: OnVerify;
}

export function TagStage({ readings, marks, onVerify }: TagStageProps): JSX.Element {
  const { t } = useWords();
  const now = useNow(1000);
  const visits = useMemo(() => visitsOf(readings).slice(0, MOST_VISITS), [readings]);
  return (
    <section class="panel stage" aria-labelledby="stage-title">
      <h2 id="stage-title">{t.tags.title}</h2>
      {visits.length === 0 && (
        <div class="tile-empty">
          <p>{t.tags.none}</p>
          <p class="quiet small">{t.tags.noneText}</p>
        </div>
      )}
      <VisitList {...{ visits, marks, now, onVerify }} />
    </section>
  );
}
