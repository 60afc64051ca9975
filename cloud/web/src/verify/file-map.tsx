/** The evidence file as a strip, part by part: where it was spoiled, and where to spoil it. */
import type { JSX } from 'preact';
import { formatDigits } from '../format/digits.ts';
import { useWords } from '../strings/words.ts';
import type { PartName, Stretch } from './evidence-map.ts';
import type { SweepMark } from './sweep.ts';

interface FileMapProps {
  readonly sizeBytes: number;
  readonly stretches: readonly Stretch[];
  readonly marks: readonly SweepMark[];
  readonly position: number | null;
  readonly chosen: PartName | null;
  /** Said instead of "reading", where its value can be changed. */
  readonly valueName: string | null;
  readonly onPart: (part: PartName) => void;
  readonly onPosition: (position: number) => void;
}

export function FileMap(props: FileMapProps): JSX.Element {
  const { sizeBytes, stretches, marks, position, chosen, valueName, onPart, onPosition } = props;
  const { t, language } = useWords();
  const parts = [...new Set(stretches.map(({ part }) => part))];
  const pick = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * sizeBytes);
    onPosition(Math.min(sizeBytes - 1, Math.max(0, place)));
  };
  return (
    <div class="file-map">
      <p class="small quiet">
        {t.spoil.map} {formatDigits(String(sizeBytes), language)} B
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons below do the same by keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the buttons below do the same by keyboard */}
      <div class="file-strip" onClick={pick}>
        <svg viewBox={`0 0 ${sizeBytes} 100`} preserveAspectRatio="none" aria-hidden="true">
          {stretches.map(({ part, from, to }) => (
            <rect
              key={from}
              class={`part-${part} ${part === chosen ? 'chosen' : ''}`}
              x={from}
              y="0"
              width={to - from}
              height="100"
            />
          ))}
          {marks.map(({ position: at, result }) => (
            <path key={at} class={`swept by-${result}`} d={`M${at} 0V34`} />
          ))}
          {position !== null && <path class="spoiled-at" d={`M${position} 0V100`} />}
        </svg>
      </div>
      <ul class="file-parts">
        {parts.map((part) => (
          <li key={part}>
            <button type="button" aria-pressed={part === chosen} onClick={() => onPart(part)}>
              <i class={`part-${part}`} aria-hidden="true" />
              {part === 'reading' && valueName !== null ? valueName : t.spoil.parts[part]}
            </button>
          </li>
        ))}
      </ul>
      {marks.length > 0 && (
        <ul class="legend">
          <li class="swept-key by-claim">{t.spoil.sweepByClaim}</li>
          <li class="swept-key by-refused">{t.spoil.sweepUnreadable}</li>
          {marks.some(({ result }) => result === 'missed') && (
            <li class="swept-key by-missed">{t.spoil.sweepMissed}</li>
          )}
        </ul>
      )}
    </div>
  );
}
