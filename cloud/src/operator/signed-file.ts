/** What the operator signed elsewhere, in one file: the signed bytes themselves, or the base64 of several, one a line. */
import { decodeSign1, EvidenceError, toBase64 } from '@sigill/evidence';
import { CloudError } from '../errors.ts';

// COSE_Sign1 begins with this tag; no base64 does.
const COSE_TAG = 0xd2;
const ERASURE_TYPE = 'sigill.erase.1';

export function formatSigned(signed: readonly Uint8Array[]): Uint8Array {
  const [one] = signed;
  if (one !== undefined && signed.length === 1) return one;
  return new TextEncoder().encode(`${signed.map(toBase64).join('\n')}\n`);
}

/** @throws CloudError USAGE */
export function parseSigned(content: Uint8Array, path: string): Uint8Array[] {
  if (content[0] === COSE_TAG) return [content];
  const lines = new TextDecoder('latin1').decode(content).split(/\s+/).filter(Boolean);
  const signed = lines.map((line) => Uint8Array.from(Buffer.from(line, 'base64')));
  if (signed.length > 0 && signed.every((one) => one[0] === COSE_TAG)) return signed;
  throw new CloudError(
    'USAGE',
    `${path}: nothing in it is signed; bring what the operator’s machine wrote`,
  );
}

export function isErasure(cose: Uint8Array): boolean {
  try {
    const { payload } = decodeSign1(cose);
    // An array of eight, then the type as text: one byte each of head and length.
    return Buffer.from(payload.subarray(2, 2 + ERASURE_TYPE.length)).toString() === ERASURE_TYPE;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}
