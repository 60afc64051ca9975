/** The base64 of a record, from its signed bytes or from their base64; null for anything else. */
// COSE_Sign1 begins with this tag; no base64 does.
const COSE_TAG = 0xd2;
const MAX_RECORD_BYTES = 48_000;

export function readRecord(bytes: Uint8Array): string | null {
  if (bytes.length === 0 || bytes.length > MAX_RECORD_BYTES) return null;
  if (bytes[0] === COSE_TAG) return btoa(String.fromCharCode(...bytes));
  const text = new TextDecoder('latin1').decode(bytes).replace(/\s/g, '');
  return /^0[0-9A-Za-z+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? text : null;
}
