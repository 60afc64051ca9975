import { formatNote, type NoteSignature, parseNote, toHex } from '@sigill/evidence';

/** One note with the signatures of two of the same text, each signer's once: the last that is given counts. */
export function mergeNotes(first: string, second: string): string {
  const { text, signatures } = parseNote(first);
  const given = [...signatures, ...parseNote(second).signatures];
  const last = new Map(given.map((signature) => [signerOf(signature), signature]));
  return formatNote({ text, signatures: [...last.values()] });
}

function signerOf({ name, keyId }: NoteSignature): string {
  return `${name} ${toHex(keyId)}`;
}
