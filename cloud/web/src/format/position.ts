/** A place for people, from the device's own digits: 61.4207° N, 14.8790° E. */
import type { ReadingField } from '../api/model.ts';
import type { Language } from '../strings/language.ts';
import { formatDigits } from './digits.ts';

const QUARTERS = {
  en: { north: 'N', south: 'S', east: 'E', west: 'W' },
  sv: { north: 'N', south: 'S', east: 'Ö', west: 'V' },
} as const;

/** Null where the reading tells no place. The digits never pass through a float. */
export function formatPosition(
  { fields }: { readonly fields: readonly ReadingField[] },
  language: Language,
): string | null {
  const value = (name: string) => fields.find((field) => field.name === name)?.value ?? null;
  const [latitude, longitude] = [value('position.latitude'), value('position.longitude')];
  if (latitude === null || longitude === null) return null;
  const words = QUARTERS[language];
  const half = (text: string, positive: string, negative: string) =>
    `${formatDigits(text.replace(/^-/, ''), language)}° ${text.startsWith('-') ? negative : positive}`;
  const separator = language === 'sv' ? ' · ' : ', ';
  return (
    half(latitude, words.north, words.south) + separator + half(longitude, words.east, words.west)
  );
}
