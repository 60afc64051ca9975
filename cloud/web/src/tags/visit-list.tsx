/** Who passed, newest first. */
import type { JSX } from 'preact';
import type { Marks } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { StateMark, StatePips } from '../design/state.tsx';
import { formatAge } from '../format/times.ts';
import { Age, type OnVerify } from '../home/evidence-line.tsx';
import { stateOf } from '../live/progress.ts';
import { useWords, type Words } from '../strings/words.ts';
import { TagPicture, TagText } from './tag-words.tsx';
import type { Visit } from './visits.ts';

interface VisitListProps {
  readonly visits: readonly Visit[];
  readonly marks: Marks;
  readonly now: number;
  readonly onVerify: OnVerify;
}

export function VisitList({ visits, marks, now, onVerify }: VisitListProps): JSX.Element {
  const words = useWords();
  const { t } = words;
  return (
    <ul class="visits" aria-label={t.tags.title}>
      {visits.map((visit) => {
        const state = stateOf(visit.newest, marks);
        return (
          <li key={`${visit.tag.id} ${visit.first}`}>
            <TagPicture tag={visit.tag} />
            <div class="visit-words">
              <TagText tag={visit.tag} />
              <span class="visit-facts">{visitFacts(visit, words)}</span>
              <span class="visit-facts">
                <StatePips state={state} />
                <StateMark state={state} />
                <Age time={visit.last} now={now}>
                  {t.town.ago(formatAge(now - visit.last))}
                </Age>
              </span>
            </div>
            <Button
              compact
              onClick={() => onVerify(visit.newest)}
              label={t.value.verifyOf(visit.tag.text)}
            >
              {t.table.verify}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

/** "Pallet · antenna 1 → 2 · with 14 cases · seen 3 times". */
function visitFacts({ tag, antennas, load, count }: Visit, { t }: Words): string {
  const facts = [
    t.tags.looks[tag.look],
    antennas.length === 0 ? '' : t.tags.antenna(antennas.join(' → ')),
    load.length === 0 ? '' : t.tags.cases(load.length),
    t.tags.times(count),
  ];
  return facts.filter(Boolean).join(' · ');
}
