/** A field's value for people: a number in the reader's own notation, an identifier as it was sent. */
import { quantities } from '@sigill/firmware-bridge/quantities';
import type { Language } from '../strings/language.ts';
import { formatDigits } from './digits.ts';

const NOT_MEASURED: ReadonlySet<string> = new Set(['text', 'state', 'time', 'flag']);

interface FieldValue {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
}

/** Whether the field measures. A meter's number is digits too, and means nothing by its size. */
export function isMeasure({ name, unit }: FieldValue): boolean {
  const quantity = quantities.get(name);
  return quantity === undefined ? unit !== null : !NOT_MEASURED.has(quantity.dimension);
}

export const formatFieldValue = (field: FieldValue, language: Language): string =>
  isMeasure(field) ? formatDigits(field.value, language) : field.value;
