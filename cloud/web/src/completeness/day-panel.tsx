/** The chosen day: its streams, what is missing and why, the way to verify it, and the numbers it gives. */
import type { JSX } from 'preact';
import { Button } from '../design/button.tsx';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords, type Words } from '../strings/words.ts';
import type { DayName } from './calendar.ts';
import { dayBounds } from './calendar.ts';
import { formatDay } from './format.ts';
import type { StreamDay, StreamMonth } from './model.ts';
import type { DayNumber } from './numbers.ts';
import { StreamLine } from './stream-line.tsx';

interface DayPanelProps {
  readonly day: DayName;
  readonly streams: readonly StreamMonth[];
  readonly numbers: readonly DayNumber[];
  /** Null: the day itself. */
  readonly onVerify: (number: DayNumber | null) => void;
}

export function DayPanel({ day, streams, numbers, onVerify }: DayPanelProps): JSX.Element {
  const words = useWords();
  const { t, language } = words;
  const { from } = dayBounds(day);
  const told = streams.flatMap(({ device, days }) => {
    const found = days.find((one) => one.from === from);
    return found === undefined ? [] : [{ device, found }];
  });
  const hasReadings = told.some(({ found }) => found.count > 0);
  return (
    <section class="panel day-panel" aria-labelledby="day-title">
      <header>
        <h3 id="day-title">{formatDay(day, language)}</h3>
        {hasReadings && (
          <Button look="primary" icon="final" onClick={() => onVerify(null)}>
            {t.completeness.verifyDay}
          </Button>
        )}
      </header>
      <ul class="stream-lines">
        {told.map(({ device, found }) => (
          <StreamLine
            key={device}
            {...{ ...found, device, day, held: found.count }}
            numbers={found.first === null || found.last === null ? null : [found.first, found.last]}
            remarks={remarksOf(found, words)}
          />
        ))}
      </ul>
      {hasReadings && numbers.length > 0 && (
        <>
          <h4>{t.completeness.numbersTitle}</h4>
          <p class="quiet small">{t.completeness.numbersText}</p>
          <ul class="day-numbers">
            {numbers.map((number) => (
              <li key={number.projection + number.assumptions}>
                <span>
                  {numberWords(number, words)}
                  <span class="quiet small">{t.completeness.assumes[number.kind]}</span>
                </span>
                <Button
                  compact
                  onClick={() => onVerify(number)}
                  label={t.completeness.verifyNumberOf(numberWords(number, words))}
                >
                  {t.completeness.verifyNumber}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** "Consumption: Energy taken, meter-1" */
export function numberWords({ kind, field, device }: DayNumber, { t, language }: Words): string {
  const what = [field === null ? '' : quantityWords(field, language), device];
  const rest = what.filter(Boolean).join(', ');
  return `${t.completeness.kinds[kind]}${rest === '' ? '' : `: ${rest}`}`;
}

function remarksOf(day: StreamDay, { t }: Words): string[] {
  const words = t.completeness;
  const isEmpty = day.expected === 0 && day.gapCount === 0;
  return [
    day.silent ? words.silent : '',
    isEmpty && !day.silent && day.state === 'complete' ? words.noReadings : '',
    day.state === 'none' ? words.notYet : '',
    day.open && day.state !== 'none' ? words.goesOn : '',
  ].filter(Boolean);
}
