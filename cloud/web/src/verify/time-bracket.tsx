/** When the reading was sealed, as a small line of time: the ledger's blocks outside, the agent's clock inside. */
import type { JSX } from 'preact';
import { formatAge, formatInstant, formatMoment } from '../format/times.ts';
import { useWords } from '../strings/words.ts';
import { type BracketPoint, bracketOf } from './bracket.ts';
import type { Examination } from './examination.ts';

export function TimeBracket({ examination }: { examination: Examination }): JSX.Element | null {
  const { t, language } = useWords();
  const bracket = bracketOf(examination);
  if (bracket === null) return null;
  const { points, beacon, anchor, waiting } = bracket;
  return (
    <section class="panel bracket" aria-labelledby="bracket-title">
      <h3 id="bracket-title">{t.verify.bracketTitle}</h3>
      <div class="bracket-line" aria-hidden="true">
        <span
          class={`bracket-span ${beacon === null ? 'open-left' : ''} ${anchor === null ? 'open-right' : ''}`}
        />
        {points.map((point) => (
          <Tick key={point.name} point={point} />
        ))}
      </div>
      <ol class="bracket-points">
        {points.map((point) => (
          <li key={point.name} class={point.name}>
            <i aria-hidden="true" />
            <span>{t.verify.bracket[point.name]}</span>
            <time dateTime={formatInstant(point.time)}>{formatMoment(point.time, language)}</time>
          </li>
        ))}
      </ol>
      <p class="small quiet">
        {anchor === null
          ? waiting
            ? t.verify.bracketWaits
            : t.verify.bracketOpen
          : beacon === null
            ? t.verify.bracketNoBeacon
            : t.verify.bracketWidth(formatAge(anchor - beacon))}
      </p>
    </section>
  );
}

// A style object goes through the CSS object model, which a content security policy allows.
function Tick({ point }: { point: BracketPoint }): JSX.Element {
  return <i class={point.name} style={{ left: `${point.place * 100}%` }} />;
}
