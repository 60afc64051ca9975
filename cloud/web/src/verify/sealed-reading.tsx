/** The reading as its evidence bytes tell it, and the device's own bytes it came from. */
import type { JSX } from 'preact';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatInstant, formatMoment } from '../format/times.ts';
import { leadingField, leadingValue } from '../live/streams.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import type { Examination } from './examination.ts';

export function SealedReading({ examination }: { examination: Examination }): JSX.Element | null {
  const { t, language } = useWords();
  if (examination.outcome === 'refused' || examination.reading === null) return null;
  const { reading, frame } = examination;
  const leading = leadingField(reading);
  const main = leading && leadingValue(reading, leading);
  return (
    <section class="panel sealed-reading">
      {main !== null && <p class="quiet">{quantityWords(main.name, language)}</p>}
      <p class="sealed-value">
        {main === null ? reading.kind : formatDigits(main.value, language)}{' '}
        <span class="quiet">{formatUnit(main?.unit ?? null)}</span>
      </p>
      <p>
        <time dateTime={formatInstant(reading.time)}>{formatMoment(reading.time, language)}</time>
        <br />
        <span class="quiet">{[reading.source, reading.device].filter(Boolean).join(' · ')}</span>
      </p>
      <p class="small quiet">{t.verify.fromBytes}</p>
      <details>
        <summary>{t.verify.fields}</summary>
        <dl class="sealed-fields">
          {reading.fields.map((field) => (
            <div key={field.name}>
              <dt>
                {quantityWords(field.name, language)}{' '}
                <span class="mono quiet">{field.code ?? ''}</span>
              </dt>
              <dd>
                {formatDigits(field.value, language)} {formatUnit(field.unit)}
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <details>
        <summary>{t.verify.frame}</summary>
        {frame === null ? <p class="small">{t.verify.frameNone}</p> : <pre>{frame.text}</pre>}
        <p class="small quiet">
          {t.verify.driver} <span class="mono">{reading.driver}</span>
        </p>
      </details>
    </section>
  );
}
