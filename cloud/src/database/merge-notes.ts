import { formatNote, type NoteSignature, parseNote, toHex } from '@sigill/evidence';

/** One note with the signatures of two of the same text; where both have a signer's, the second's counts. */
export function mergeNotes(first: string, second: string): string {
  const one = parseNote(first);
  const two = parseNote(second);
  const newer = new Set(two.signatures.map(signerOf));
  const kept = one.signatures.filter((signature) => !newer.has(signerOf(signature)));
  return formatNote({ text: one.text, signatures: [...two.signatures, ...kept] });
}

function signerOf({ name, keyId }: NoteSignature): string {
  return `${name} ${toHex(keyId)}`;
}
