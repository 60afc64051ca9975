/**
 * What somebody dropped: evidence, a policy, or something else that deserves a sentence. By its bytes; names of files
 * are anybody's. Pure.
 * @module
 */

/** As the evidence format bounds it. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

export type Trouble =
  | 'empty'
  | 'tooLarge'
  | 'archive'
  | 'document'
  | 'key'
  | 'webPage'
  | 'rewritten'
  | 'newer'
  | 'otherJson'
  | 'unknown'
  | 'several'
  | 'policyForm';

export type Sorted = 'evidence' | 'policy' | Trouble;

// Enough to know any of them by.
const HEAD_BYTES = 400;
const MAGIC: readonly (readonly [string, Trouble])[] = [
  ['PK\x03\x04', 'archive'],
  ['\x1f\x8b', 'archive'],
  ['7z\xbc\xaf', 'archive'],
  ['\xfd7zXZ', 'archive'],
  ['%PDF', 'document'],
  ['\xd0\xcf\x11\xe0', 'document'],
  ['\x89PNG', 'document'],
  ['\xff\xd8\xff', 'document'],
  // Byte order marks: an editor's, never ours.
  ['\xef\xbb\xbf', 'rewritten'],
  ['\xff\xfe', 'rewritten'],
  ['\xfe\xff', 'rewritten'],
];

export function sortBytes(bytes: Uint8Array): Sorted {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  if (head.trim() === '') return 'empty';
  if (bytes.length > MAX_FILE_BYTES) return 'tooLarge';
  const magic = MAGIC.find(([start]) => head.startsWith(start));
  if (magic !== undefined) return magic[1];
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(head)) return 'key';
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(head)) return 'webPage';
  const [, what, version] = /"format"\s*:\s*"sigill-(evidence|policy)@v(\d+)"/.exec(head) ?? [];
  if (what !== undefined) return version === '1' ? (what as Sorted) : 'newer';
  return /^\s*[[{]/.test(head) ? 'otherJson' : 'unknown';
}
