/** Boxes that ask to be let in, each with what tells it from a stranger's. */
import type { JSX } from 'preact';
import { Button } from '../design/button.tsx';
import { formatAge } from '../format/times.ts';
import type { Sheet } from './app.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { type LogChange, logChangeOf } from './generations.ts';
import { LogChange as Change } from './log-change.tsx';
import type { Overview, WaitingBox } from './model.ts';
import { useOperatorWords } from './words.ts';

interface WaitingProps {
  readonly overview: Overview;
  readonly onSheet: (sheet: Sheet) => void;
}

// A clock that is off by less bothers nobody.
const CLOCK_OFF_MS = 60_000;
const YEAR_MS = 31_557_600_000;

export function Waiting({ overview, onSheet }: WaitingProps): JSX.Element {
  const { t } = useOperatorWords();
  const { waiting, cloud } = overview;
  return (
    <section class="panel" aria-labelledby="waiting-title">
      <h2 id="waiting-title">{t.waiting.title}</h2>
      {waiting.length === 0 ? (
        <p class="quiet">
          {t.waiting.none} {t.waiting.noneText}
        </p>
      ) : (
        <ul class="waiting">
          {waiting.map((box) => (
            <WaitingItem
              key={box.box}
              box={box}
              change={logChangeOf(box, overview)}
              now={cloud.now}
              onSheet={onSheet}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface WaitingItemProps {
  readonly box: WaitingBox;
  /** Null for a box that is new. */
  readonly change: LogChange | null;
  readonly now: number;
  readonly onSheet: (sheet: Sheet) => void;
}

function WaitingItem({ box, change, now, onSheet }: WaitingItemProps): JSX.Element {
  const { t } = useOperatorWords();
  const { name, kind, fingerprint, madeFor, gateway, origin, address, askedAt, clockOff } = box;
  // A box whose clock was never set is told in years, not in twenty thousand days.
  const years = Math.round(Math.abs(clockOff) / YEAR_MS);
  const off = years > 1 ? t.waiting.years(years) : formatAge(Math.abs(clockOff));
  return (
    <li class={change === null ? '' : 'next-log'}>
      <div class="who">
        <h3>
          {name} <span class="kind">{t.kinds[kind]}</span>
        </h3>
        <p class="small quiet">
          {t.waiting.from(address, formatAge(now - askedAt))}
          {madeFor !== null && `, ${t.waiting.madeFor(madeFor)}`}
        </p>
        {change === null && (
          <p class="small quiet">
            {gateway === null ? t.waiting.wouldBe(origin) : t.waiting.agentOf(gateway)}
          </p>
        )}
        {change === null && Math.abs(clockOff) >= CLOCK_OFF_MS && (
          <p class="small clock-off">
            {clockOff < 0 ? t.waiting.clockBehind(off) : t.waiting.clockAhead(off)}
          </p>
        )}
      </div>
      <Fingerprint digits={fingerprint} />
      {change !== null && (
        <div class="wish">
          <p>{t.nextLog.asks}</p>
          <Change {...change} />
        </div>
      )}
      <div class="deeds">
        {change === null ? (
          <Button look="primary" onClick={() => onSheet({ kind: 'approve', box })}>
            {t.waiting.compare}
          </Button>
        ) : (
          <Button look="primary" onClick={() => onSheet({ kind: 'next-log', box, change })}>
            {t.nextLog.compare}
          </Button>
        )}
        <Button onClick={() => onSheet({ kind: 'refuse', box })}>{t.waiting.refuse}</Button>
      </div>
    </li>
  );
}
