/** "power.import" -> "Power taken". A name outside the table of quantities stays as it is. */
import { quantities } from '@sigill/firmware-bridge/quantities';
import type { Language } from './language.ts';

export const quantityWords = (name: string, language: Language): string =>
  quantities.get(name)?.label[language] ?? name;
