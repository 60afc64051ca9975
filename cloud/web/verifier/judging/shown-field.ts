import { formatValue, type Reading } from '@sigill/evidence';
import type { ShownField } from './examination.ts';

export function toShownField({ name, value, unit }: Reading['fields'][number]): ShownField {
  const measures = typeof value === 'object' && !(value instanceof Uint8Array);
  return { name, value: formatValue(value), unit, measures };
}
