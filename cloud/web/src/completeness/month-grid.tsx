/** A month of days: each with a mark, a word and a number beside its colour. One day is reached by Tab, the others by arrows. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon, type IconName } from '../design/icons.tsx';
import { formatDigits } from '../format/digits.ts';
import { useWords, type Words } from '../strings/words.ts';
import { type DayName, dayBounds, type MonthName, weeksOf } from './calendar.ts';
import { type DaySum, daysAt, sumDay } from './day-sum.ts';
import { formatDay, formatMonth } from './format.ts';
import type { DayState, StreamMonth } from './model.ts';

export const DAY_ICONS: Readonly<Record<DayState, IconName>> = {
  complete: 'yes',
  gaps: 'wait',
  missing: 'broken',
  erased: 'erased',
  none: 'missing',
};

interface MonthGridProps {
  readonly month: MonthName;
  readonly streams: readonly StreamMonth[];
  readonly chosen: DayName | null;
  readonly today: DayName;
  readonly onChoose: (day: DayName) => void;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
};

export function MonthGrid({
  month,
  streams,
  chosen,
  today,
  onChoose,
}: MonthGridProps): JSX.Element {
  const { t, language } = useWords();
  const table = useRef<HTMLTableElement>(null);
  const weeks = weeksOf(month);
  const days = weeks.flat().filter((day) => day !== null);
  const first = [chosen, today].find((day) => day !== null && days.includes(day)) ?? days[0];
  const move = (event: KeyboardEvent, day: DayName) => {
    const at = days.indexOf(day);
    const to =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? days.length - 1
          : at + (STEPS[event.key] ?? 0);
    const target = days[to];
    if (to === at || target === undefined) return;
    event.preventDefault();
    table.current?.querySelector<HTMLButtonElement>(`[data-day="${target}"]`)?.focus();
  };
  return (
    <table
      ref={table}
      class="month-grid"
      aria-label={t.completeness.grid(formatMonth(month, language))}
    >
      <thead>
        <tr>
          {t.completeness.weekdays.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, i) => (
          <tr key={week.find(Boolean) ?? i}>
            {week.map((day, at) =>
              day === null ? (
                <td key={at} />
              ) : (
                <td key={day}>
                  <DayButton
                    {...{ day, sum: sumDay(daysAt(streams, dayBounds(day).from)), onChoose }}
                    chosen={day === chosen}
                    isToday={day === today}
                    reached={day === first}
                    onKey={move}
                  />
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DayButtonProps {
  readonly day: DayName;
  readonly sum: DaySum;
  readonly chosen: boolean;
  readonly isToday: boolean;
  /** By Tab. */
  readonly reached: boolean;
  readonly onChoose: (day: DayName) => void;
  readonly onKey: (event: KeyboardEvent, day: DayName) => void;
}

function DayButton(props: DayButtonProps): JSX.Element {
  const { day, sum, chosen, isToday, reached, onChoose, onKey } = props;
  const words = useWords();
  const { t, language } = words;
  const told = [formatDay(day, language), t.completeness.states[sum.state], countWords(sum, words)];
  return (
    <button
      type="button"
      class={`day day-${sum.state} ${isToday ? 'today' : ''}`}
      data-day={day}
      aria-pressed={chosen}
      aria-label={told.filter(Boolean).join(', ')}
      tabIndex={reached ? 0 : -1}
      onClick={() => onChoose(day)}
      onKeyDown={(event) => onKey(event, day)}
    >
      <span class="day-number">{Number(day.slice(8))}</span>
      <Icon name={DAY_ICONS[sum.state]} />
      <span class="day-count">{countWords(sum, words)}</span>
    </button>
  );
}

/** "8,640", "12 of 14", "8,640 so far". */
export function countWords(
  { count, expected, state, open }: DaySum,
  { t, language }: Words,
): string {
  if (state === 'none') return '';
  const digits = (value: number) => formatDigits(String(value), language);
  const held =
    count === expected ? digits(count) : t.completeness.ofCount(digits(count), digits(expected));
  return open && state !== 'missing' ? `${held} ${t.completeness.soFar}` : held;
}
