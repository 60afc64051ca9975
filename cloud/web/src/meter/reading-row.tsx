import type { JSX } from 'preact';
import type { Reading, ReadingField, StreamField, Watermarks } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icons.tsx';
import { StateMark, StatePips } from '../design/state.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatFieldValue, isMeasure } from '../format/field-value.ts';
import { formatClock, formatInstant, formatMoment } from '../format/times.ts';
import { stateOf } from '../live/progress.ts';
import { leadingValue } from '../live/streams.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';

interface ReadingRowProps {
  readonly reading: Reading;
  readonly leading: StreamField | null;
  readonly marks: Watermarks | null;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly onVerify: () => void;
}

export function ReadingRow(props: ReadingRowProps): JSX.Element {
  const { reading, leading, marks, open, onToggle, onVerify } = props;
  const { t, language } = useWords();
  const state = stateOf(reading, marks);
  const field = leading === null ? null : leadingValue(reading, leading);
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
          {field === null ? (
            (t.kinds[reading.kind] ?? reading.kind)
          ) : (
            <DigitsAndUnit field={field} />
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

function DigitsAndUnit({ field }: { field: ReadingField }): JSX.Element {
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
