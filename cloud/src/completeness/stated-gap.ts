/** What an agent itself says of time it knows nothing of: its `gap` readings. Pure; the page uses it too. */
import { formatValue, type Reading } from '@sigill/evidence';

export interface StatedGap {
  /** ms since the Unix epoch; null: since nobody knows when. */
  readonly from: number | null;
  readonly to: number;
  /** Readings known lost; null where the agent does not know. */
  readonly count: number | null;
  readonly cause: string;
}

const OWN_DRIVER = 'sigill';

/** Null for every other reading. */
export function statedGap({
  kind,
  fields,
  origin,
}: Pick<Reading, 'kind' | 'fields' | 'origin'>): StatedGap | null {
  if (kind !== 'gap' || origin.driver !== OWN_DRIVER) return null;
  const text = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return field === undefined ? null : formatValue(field.value);
  };
  const whole = (name: string) => {
    const value = Number(text(name) ?? Number.NaN);
    return Number.isSafeInteger(value) ? value : null;
  };
  const to = whole('gap.to');
  if (to === null) return null;
  return { from: whole('gap.from'), to, count: whole('gap.count'), cause: text('gap.cause') ?? '' };
}
