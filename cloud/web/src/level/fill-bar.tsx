/** A bar as full as the bin, with its per cent, and what that number rests on. */
import './fill-bar.css';
import type { JSX } from 'preact';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import type { Fill } from './fill.ts';

export function FillBar({ fill }: { fill: Fill }): JSX.Element {
  const { t, language } = useWords();
  const { field, percent, computed } = fill;
  const sealed = `${formatDigits(field.value, language)} ${formatUnit(field.unit)}`;
  if (percent === null)
    return (
      <p class="fill-figure">
        {sealed} <span class="unit">{quantityWords(field.name, language)}</span>
      </p>
    );
  // Computed per cent are as fine as the bin's shape is known: whole ones.
  const words = computed ? String(Math.round(percent)) : formatDigits(percentText(field), language);
  return (
    <div class="fill">
      <p class="fill-figure">
        {words} <span class="unit">%</span>
      </p>
      <svg
        class="fill-bar"
        viewBox="0 0 100 12"
        preserveAspectRatio="none"
        role="img"
        aria-label={t.level.full(words)}
      >
        <rect class="fill-ground" width="100" height="12" />
        <rect
          class={`fill-level ${percent >= NEARLY_FULL ? 'high' : ''}`}
          width={percent}
          height="12"
        />
      </svg>
      <p class="small quiet">{computed ? t.level.computed(sealed) : t.level.sealed}</p>
    </div>
  );
}

// Where a collection is usually called.
const NEARLY_FULL = 80;

/** A level sent as a part of one, as per cent without the tail that a double has. */
function percentText({ value, unit }: Fill['field']): string {
  return unit === '/' ? String(Math.round(Number(value) * 1e6) / 1e4) : value;
}
