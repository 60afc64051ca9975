/** Where a fix is, for people: its digits, or its square and how far that is across. */
import { formatDigits } from '../format/digits.ts';
import { formatPosition } from '../format/position.ts';
import type { Language } from '../strings/language.ts';
import type { Words } from '../strings/words.ts';
import { sizeOf } from './cells.ts';
import type { Fix } from './fixes.ts';

export function placeOf({ reading, cell }: Fix, t: Words['t'], language: Language): string | null {
  if (cell === null) return formatPosition(reading, language);
  const { high, wide } = sizeOf(cell);
  return t.map.cell(cell.id, formatDigits(high, language), formatDigits(wide, language));
}
