/**
 * How a reader says that a request failed: LLRPStatus.
 * Spec: LLRP 1.1 §15.2 and §17.4.1.
 * @module
 */
import { parseParameters, readFields } from './parameters.ts';

const LLRP_STATUS = 287;

// LLRP 1.1 §15.2.1: what a technician can do something about.
const CODES: Readonly<Record<number, string>> = {
  100: 'parameter error',
  101: 'field error',
  102: 'unexpected parameter',
  103: 'missing parameter',
  104: 'duplicate parameter',
  105: 'overflow of a parameter',
  106: 'overflow of a field',
  107: 'unknown parameter',
  108: 'unknown field',
  109: 'unsupported message',
  110: 'unsupported version',
  111: 'unsupported parameter',
  112: 'unexpected message',
  200: 'parameter error inside a parameter',
  201: 'field error inside a parameter',
  401: 'device error',
};

/** Null: it did what it was asked. @throws DecodeError FRAME_SYNTAX */
export function failureIn(body: Uint8Array): string | null {
  const status = parseParameters(body).find(({ type }) => type === LLRP_STATUS);
  if (status === undefined) return null;
  const read = readFields(status.value, 'LLRPStatus');
  const [code, text] = [read.u16(), read.text()];
  if (code === 0) return null;
  const known = CODES[code] === undefined ? '' : ` (${CODES[code]})`;
  return `status ${code}${known}${text === '' ? '' : `: ${printable(text)}`}`;
}

// A status is a sentence; what a broken reader sends is shown in part.
const MAX_TEXT_LENGTH = 200;

/** A reader's text as it may stand in a message: no control characters, bounded. */
export function printable(text: string): string {
  return Array.from(text, (c) => (c < ' ' || c === '\x7f' ? ' ' : c))
    .slice(0, MAX_TEXT_LENGTH)
    .join('');
}
