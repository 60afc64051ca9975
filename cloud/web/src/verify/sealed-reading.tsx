/** The reading as its evidence bytes tell it, and the device's own bytes it came from. */
import type { JSX } from 'preact';
import type { Reading } from '../api/model.ts';
import { Icon } from '../design/icons.tsx';
import { Notice } from '../design/notice.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatFieldValue } from '../format/field-value.ts';
import { formatPosition } from '../format/position.ts';
import { formatInstant, formatMoment } from '../format/times.ts';
import { leadingField, leadingValue } from '../live/streams.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { firstDifference } from './asked.ts';
import type { Examination, ShownReading } from './examination.ts';

// What an agent says of itself comes from no device.
const OWN_DRIVER = 'sigill';

interface SealedReadingProps {
  readonly examination: Examination;
  /** What the server's list says of the same reading; null where it is not at hand. */
  readonly listed: Reading | null;
}

export function SealedReading({ examination, listed }: SealedReadingProps): JSX.Element | null {
  const { t, language } = useWords();
  if (examination.outcome === 'refused' || examination.reading === null) return null;
  const { reading, frame, claims } = examination;
  const sealed = claims.some(({ claim, holds }) => claim === 'sealed' && holds === 'yes');
  const leading = leadingField(reading);
  const main = leading && leadingValue(reading, leading);
  const tag = reading.fields.find(({ name }) => name === 'tag.id') ?? null;
  const position = formatPosition(reading, language);
  const text = main === null ? (tag?.value ?? position) : null;
  const what =
    main || tag ? quantityWords((main ?? tag)?.name ?? '', language) : position && t.map.newest;
  return (
    <section class="panel sealed-reading">
      {what !== null && <p class="quiet">{what}</p>}
      <p class={`sealed-value ${text === null ? '' : 'words'} ${sealed ? '' : 'is-broken'}`}>
        {main === null
          ? (text ?? t.kinds[reading.kind] ?? reading.kind)
          : formatDigits(main.value, language)}{' '}
        <span class="quiet">
          {formatUnit(main?.unit ?? null)} {!sealed && t.verify.notProven}
        </span>
      </p>
      <p>
        <time dateTime={formatInstant(reading.time)}>{formatMoment(reading.time, language)}</time>
        <br />
        <span class="quiet">{[reading.source, reading.device].filter(Boolean).join(' · ')}</span>
      </p>
      <p class="small quiet">{t.verify.fromBytes}</p>
      {listed !== null && <Comparison listed={listed} sealed={reading} />}
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
                {formatFieldValue(field, language)} {formatUnit(field.unit)}
              </dd>
            </div>
          ))}
        </dl>
      </details>
      {reading.driver !== OWN_DRIVER && (
        <details>
          <summary>{t.verify.frame}</summary>
          {frame === null ? <p class="small">{t.verify.frameNone}</p> : <pre>{frame.text}</pre>}
          <p class="small quiet">
            {t.verify.driver} <span class="mono">{reading.driver}</span>
          </p>
        </details>
      )}
    </section>
  );
}

/** A list may lie where the evidence cannot. */
function Comparison({ listed, sealed }: { listed: Reading; sealed: ShownReading }): JSX.Element {
  const { t, language } = useWords();
  const difference = firstDifference(listed, sealed);
  if (difference === null)
    return (
      <p class="small said is-final">
        <Icon name="yes" />
        <span>{t.verify.shownSame}</span>
      </p>
    );
  const { listed: left, sealed: right } = difference;
  const name = difference.name === 'time' ? t.table.time : quantityWords(difference.name, language);
  return (
    <Notice look="broken" icon="broken" title={t.verify.shownOther}>
      <p>{t.verify.shownOtherText(name, left ?? '–', right ?? '–')}</p>
    </Notice>
  );
}
