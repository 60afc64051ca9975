import { formatNote, formatSignatureLine, parseNote } from '@sigill/evidence';

/** One note with every signature of two notes of the same text, those of the first in front. */
export function mergeNotes(first: string, second: string): string {
  const one = parseNote(first);
  const lines = new Set(one.signatures.map(formatSignatureLine));
  const added = parseNote(second).signatures.filter(
    (signature) => !lines.has(formatSignatureLine(signature)),
  );
  return formatNote({ text: one.text, signatures: [...one.signatures, ...added] });
}
