/** What was erased on the operator's word, and why. */
import type { JSX } from 'preact';
import { formatDay } from './format-day.ts';
import type { ErasuresView } from './model.ts';
import { useOperatorWords } from './words.ts';

export function Erasures({ erasures }: { erasures: ErasuresView }): JSX.Element {
  const { t, language } = useOperatorWords();
  const { total, open, newest } = erasures;
  return (
    <section class="panel" aria-labelledby="erasures-title">
      <h2 id="erasures-title">{t.erasures.title}</h2>
      {total === 0 ? (
        <p class="quiet">{t.erasures.none}</p>
      ) : (
        <p>
          {t.erasures.total(total)}
          {open > 0 && `, ${t.erasures.open(open)}`}
        </p>
      )}
      <ul class="erasures">
        {newest.map(({ agent, seq, source, device, n, reason, at }) => (
          <li key={`${agent}/${seq}`}>
            <p>{t.erasures.reading(n, device === '' ? source : `${source} ${device}`)}</p>
            <p class="small">{reason}</p>
            <p class="small quiet">{formatDay(at, language)}</p>
          </li>
        ))}
      </ul>
      {newest.length < total && <p class="small quiet">{t.erasures.older}</p>}
      <p class="small quiet">
        {t.erasures.how} <span class="mono">sigill cloud erase</span>
      </p>
    </section>
  );
}
