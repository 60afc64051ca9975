/** The demonstration's heart: spoil one byte of the file, anywhere, and see what catches it. */
import './spoil.css';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatFieldValue } from '../format/field-value.ts';
import { leadingField, leadingValue } from '../live/streams.ts';
import { useWords } from '../strings/words.ts';
import type { PartName } from './evidence-map.ts';
import type { Claim, Examination, ShownReading } from './examination.ts';
import { FileMap } from './file-map.tsx';
import { HexChange } from './hex-change.tsx';
import type { Spoiled } from './spoil.ts';
import type { Examined } from './use-examination.ts';
import { useSweep } from './use-sweep.ts';

const PLACES = 100;

interface SpoilPanelProps {
  readonly examined: Examined;
  readonly shown: Examination;
  readonly spoiled: Spoiled | null;
  readonly caught: readonly Claim[];
  readonly onSpoil: (spoiled: Spoiled | null) => void;
}

export function SpoilPanel(props: SpoilPanelProps): JSX.Element {
  const { examined, shown, spoiled, caught, onSpoil } = props;
  const { engine, file, examination } = examined;
  const { t, language } = useWords();
  const leaves = useMemo(() => engine.leavesOf(file), [engine, file]);
  const stretches = useMemo(() => engine.stretchesOf(leaves, file.length), [engine, leaves, file]);
  const reading = examination.outcome === 'judged' ? examination.reading : null;
  const main = reading && mainField(reading);
  const sweep = useSweep(examined, PLACES);

  const anywhere = () =>
    onSpoil(engine.spoilAt(file, Math.floor(Math.random() * file.length), bitOf(Math.random())));
  const part = (name: PartName) =>
    onSpoil(
      (name === 'reading' && main ? engine.spoilValue(file, main) : null) ??
        engine.spoilPart(file, name, Math.random),
    );

  return (
    <section class="panel spoil" aria-labelledby="spoil-title">
      <div class="spoil-head">
        <div>
          <h3 id="spoil-title">{t.spoil.title}</h3>
          <p class="quiet">{t.spoil.intro}</p>
        </div>
        <div class="spoil-buttons">
          <Button look="danger" icon="spoil" onClick={anywhere}>
            {spoiled === null ? t.spoil.title : t.spoil.again}
          </Button>
          {spoiled !== null && (
            <Button look="primary" onClick={() => onSpoil(null)}>
              {t.spoil.restore}
            </Button>
          )}
        </div>
      </div>
      <FileMap
        sizeBytes={file.length}
        stretches={stretches}
        marks={sweep.marks}
        position={spoiled?.position ?? null}
        chosen={spoiled?.part ?? null}
        valueName={main === null ? null : t.spoil.value}
        onPart={part}
        onPosition={(position) => onSpoil(engine.spoilAt(file, position, bitOf(Math.random())))}
      />
      {spoiled !== null && (
        <div class="spoil-result">
          <p role="status">
            <CaughtWords shown={shown} caught={caught} examined={examined} />
          </p>
          <p>
            {t.spoil.where(
              t.spoil.parts[spoiled.part],
              formatDigits(String(spoiled.offset), language),
              formatDigits(String(spoiled.sizeBytes), language),
            )}{' '}
            {spoiled.path !== null && <span class="mono quiet">{spoiled.path}</span>}
          </p>
          <ValueChange before={reading} after={shown} />
          <HexChange spoiled={spoiled} />
        </div>
      )}
      <div class="spoil-sweep">
        <Button compact onClick={sweep.start} disabled={sweep.running}>
          {t.spoil.sweep}
        </Button>
        <p role="status" class="small">
          {sweep.running
            ? t.spoil.sweeping(sweep.marks.length, PLACES)
            : sweep.marks.length > 0 && (
                <>
                  <b>{t.spoil.swept(sweep.caught, sweep.marks.length)}</b> {t.spoil.sweepText}
                </>
              )}
        </p>
      </div>
    </section>
  );
}

const bitOf = (random: number): number => Math.floor(random * 8);

function mainField(reading: ShownReading) {
  const leading = leadingField(reading);
  return leading && leadingValue(reading, leading);
}

interface CaughtWordsProps {
  readonly shown: Examination;
  readonly caught: readonly Claim[];
  readonly examined: Examined;
}

function CaughtWords({ shown, caught, examined }: CaughtWordsProps): JSX.Element {
  const { t } = useWords();
  const refuted = caught.filter(({ holds }) => holds === 'no');
  if (shown.outcome === 'refused') return <b class="is-final">{t.spoil.caughtUnreadable}</b>;
  if (caught.length > 0)
    return (
      <>
        <b class="is-final">{t.spoil.caught}</b>{' '}
        {refuted.map(({ claim }) => `“${t.claims[claim].title}”`).join(', ')}.{' '}
        {refuted.length < caught.length && t.spoil.caughtRest(caught.length - refuted.length)}
      </>
    );
  const compared = examined.ledger.kind === 'answered';
  return (
    <>
      <b class="is-broken">{t.spoil.notCaught}</b>{' '}
      {compared ? t.spoil.notCaughtText : t.spoil.notCaughtBlock}
    </>
  );
}

/** When the spoiled byte changed a number, the number before and after. */
function ValueChange({ before, after }: { before: ShownReading | null; after: Examination }) {
  const { t, language } = useWords();
  const now = after.outcome === 'judged' ? after.reading : null;
  const index = before?.fields.findIndex(({ value }, i) => now?.fields[i]?.value !== value) ?? -1;
  const [was, is] = [before?.fields[index], now?.fields[index]];
  if (was === undefined || is === undefined) return null;
  const words = (field: typeof was) =>
    `${formatFieldValue(field, language)} ${formatUnit(field.unit)}`.trim();
  return <p class="spoil-value">{t.spoil.valueWas(words(was), words(is))}</p>;
}
