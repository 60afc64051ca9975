/** What was signed elsewhere, out of a file: the base64 of one record or of several, one a line; null for anything else. */
// COSE_Sign1 begins with this tag; no base64 does.
const COSE_TAG = 0xd2;
const MAX_RECORD_BYTES = 48_000;
// Of the most erasures that are signed at once.
const MAX_FILE_BYTES = 8_000_000;
const ONE = /^0[0-9A-Za-z+/]+={0,2}$/;

export function readRecord(bytes: Uint8Array): readonly string[] | null {
  if (bytes.length === 0 || bytes.length > MAX_FILE_BYTES) return null;
  if (bytes[0] === COSE_TAG)
    return bytes.length > MAX_RECORD_BYTES ? null : [btoa(String.fromCharCode(...bytes))];
  const text = new TextDecoder('latin1').decode(bytes);
  const lines = text.split(/\s+/).filter((line) => line !== '');
  if (lines.length > 1 && lines.every(isWhole)) return lines;
  const one = lines.join('');
  return isWhole(one) ? [one] : null;
}

/** An editor may have broken the lines of one: only the first of them begins so. */
function isWhole(text: string): boolean {
  return text.startsWith('0oRD') && ONE.test(text) && text.length % 4 === 0;
}

/** Its type is told by the first bytes behind the envelope's head. */
export function isErasure(record: string): boolean {
  return atob(record.slice(0, 64)).includes('sigill.erase.1');
}
