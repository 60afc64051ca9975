/** One stream of a day in words: n of n, what never came, what the agent states of it. */
import type { JSX } from 'preact';
import type { NumberRun } from '../../../src/completeness/number-runs.ts';
import type { StatedGap } from '../../../src/completeness/stated-gap.ts';
import { Icon } from '../design/icons.tsx';
import { formatDigits } from '../format/digits.ts';
import { useWords } from '../strings/words.ts';
import type { DayName } from './calendar.ts';
import { formatTimeOf } from './format.ts';
import type { DayState } from './model.ts';
import { DAY_ICONS } from './month-grid.tsx';

export interface StreamLineProps {
  readonly device: string;
  readonly day: DayName;
  readonly state: DayState;
  readonly held: number;
  readonly expected: number;
  /** Null where there are none. */
  readonly numbers: NumberRun | null;
  readonly missing: readonly NumberRun[];
  readonly erased: number;
  readonly gaps: readonly StatedGap[];
  readonly gapCount: number;
  /** What else is to be said of it. */
  readonly remarks: readonly string[];
}

// More would hide what is below them.
const MOST = 6;

export function StreamLine(props: StreamLineProps): JSX.Element {
  const { device, day, state, held, expected, numbers, missing, erased, gaps, gapCount, remarks } =
    props;
  const { t, language } = useWords();
  const words = t.completeness;
  const digits = (value: number) => formatDigits(String(value), language);
  const count =
    held === expected
      ? words.readings(digits(held))
      : words.ofCount(digits(held), words.readings(digits(expected)));
  return (
    <li class={`stream-line day-${state}`}>
      <p class="stream-what">
        <Icon name={DAY_ICONS[state]} />
        <b>{device === '' ? words.ownStream : device}</b>
        <span class="stream-state">{words.states[state]}</span>
      </p>
      {held + expected > 0 && (
        <p>
          {count}
          {numbers !== null && (
            <span class="quiet">, {words.numbers(digits(numbers[0]), digits(numbers[1]))}</span>
          )}
        </p>
      )}
      {missing.length > 0 && (
        <p class="stream-fault">
          {words.missingNumbers(
            missing
              .slice(0, MOST)
              .map(([first, last]) =>
                first === last ? digits(first) : words.to(digits(first), digits(last)),
              )
              .join(', ') + (missing.length > MOST ? ' …' : ''),
          )}
        </p>
      )}
      {erased > 0 && <p>{words.erasedCount(digits(erased))}</p>}
      {gaps.length > 0 && (
        <ul class="stream-gaps">
          {gaps.slice(0, MOST).map((gap) => (
            <li key={`${gap.from} ${gap.to} ${gap.cause}`}>
              <GapWords {...{ gap, day }} />
            </li>
          ))}
          {gapCount > MOST && <li class="quiet">{words.moreGaps(digits(gapCount - MOST))}</li>}
        </ul>
      )}
      {remarks.map((remark) => (
        <p key={remark} class="quiet">
          {remark}
        </p>
      ))}
    </li>
  );
}

/** "10:00 to 10:05: the agent was restarted, 12 readings lost". */
function GapWords({ gap, day }: { gap: StatedGap; day: DayName }): JSX.Element {
  const { t, language } = useWords();
  const { from, to, count, cause } = gap;
  const end = formatTimeOf(to, day, language);
  const when =
    from === null
      ? t.completeness.gapUpTo(end)
      : t.completeness.gapFrom(formatTimeOf(from, day, language), end);
  const why = [
    t.town.gapCauses[cause] ?? cause,
    count === null ? '' : t.town.gapLost(formatDigits(String(count), language)),
  ];
  return (
    <>
      <b>{when}</b>: {why.filter(Boolean).join(', ')}
    </>
  );
}
