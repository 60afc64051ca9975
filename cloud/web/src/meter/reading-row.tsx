import type { ComponentChildren, JSX } from 'preact';
import type { Marks, Reading, ReadingField } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icons.tsx';
import { StateMark, StatePips } from '../design/state.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatFieldValue, isMeasure } from '../format/field-value.ts';
import { formatClock, formatInstant, formatMoment } from '../format/times.ts';
import { gapWords } from '../home/tile.tsx';
import { stateOf } from '../live/progress.ts';
import { gapOf } from '../live/silence.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';

interface ReadingRowProps {
  readonly reading: Reading;
  readonly cell: ComponentChildren;
  readonly marks: Marks;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly onVerify: () => void;
}

export function ReadingRow(props: ReadingRowProps): JSX.Element {
  const { reading, cell, marks, open, onToggle, onVerify } = props;
  const words = useWords();
  const { t, language } = words;
  const state = stateOf(reading, marks);
  const gap = gapOf(reading);
  const n = String(reading.n);
  return (
    <tbody class={open ? 'open' : ''}>
      <tr>
        <td>
          <button
            type="button"
            class="expander"
            aria-expanded={open}
            aria-label={t.table.showOf(n)}
            onClick={onToggle}
          >
            <Icon name="more" />
          </button>
          <time dateTime={formatInstant(reading.time)}>{formatClock(reading.time, language)}</time>
        </td>
        <td class="number value">
          {gap !== null ? (
            <span class="gap is-missing">{gapWords(gap, words)}</span>
          ) : (
            (cell ?? t.kinds[reading.kind] ?? reading.kind)
          )}
        </td>
        <td>
          <span class="state-cell">
            <StatePips state={state} />
            <StateMark state={state} />
          </span>
        </td>
        <td class="number wide-only quiet">{formatDigits(n, language)}</td>
        <td class="action">
          <Button compact onClick={onVerify} label={t.value.verifyOf(t.value.reading(n))}>
            {t.table.verify}
          </Button>
        </td>
      </tr>
      {open && (
        <tr class="fields">
          <td colSpan={5}>
            <Fields reading={reading} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

export function DigitsAndUnit({ field }: { field: ReadingField }): JSX.Element {
  const { language } = useWords();
  return (
    <>
      {formatFieldValue(field, language)} <span class="quiet">{formatUnit(field.unit)}</span>
    </>
  );
}

function Fields({ reading }: { reading: Reading }): JSX.Element {
  const { t, language } = useWords();
  return (
    <>
      <dl class="field-grid" hidden={reading.fields.length === 0}>
        {reading.fields.map((field) => (
          <div key={field.name}>
            <dt>
              {quantityWords(field.name, language)}
              <span class="mono quiet small">{field.code ?? field.name}</span>
            </dt>
            <dd class={isMeasure(field) ? 'number' : ''}>
              <DigitsAndUnit field={field} />
            </dd>
          </div>
        ))}
      </dl>
      <p class="quiet small">
        {formatMoment(reading.time, language)} · {t.table.agent}{' '}
        <span class="mono">{reading.agent}</span> · {t.table.seq} {reading.seq} · {t.table.entry}{' '}
        {reading.entry}
      </p>
    </>
  );
}
