/**
 * One sentence: its checksum, its address, its words.
 * @module
 */
import { DecodeError } from '../../errors.ts';

export interface Sentence {
  /** Talker and formatter: GPRMC. */
  readonly address: string;
  /** What the sentence is about: RMC; '' for one of a maker's own, whose form only the maker knows. */
  readonly type: string;
  /** Its words; the first is the address, so that indices are those of the specification. */
  readonly words: readonly string[];
}

export type ChecksumRule = 'required' | 'optional';

const SENTENCE = /^[$!]([^*]*)(?:\*([0-9A-Fa-f]{2}))?[\r\n]?$/;
const ADDRESS = /^[A-Z0-9]{2}[A-Z0-9]{3}$/;

/** @throws DecodeError CHECKSUM_MISMATCH, CHECKSUM_MISSING, FRAME_SYNTAX */
export function readSentence(bytes: Uint8Array, rule: ChecksumRule): Sentence {
  const text = String.fromCharCode(...bytes);
  const [, body = '', sum] = SENTENCE.exec(text) ?? [];
  const words = body.split(',');
  const address = words[0] ?? '';
  const isProprietary = address.startsWith('P');
  if (sum !== undefined) assertSum(body, sum);
  // Nothing is read from a maker's own sentence, so nothing has to vouch for its digits.
  else if (rule === 'required' && !isProprietary)
    throw new DecodeError('CHECKSUM_MISSING', `${address} has no checksum`);
  if (isProprietary) return { address, type: '', words };
  if (!ADDRESS.test(address))
    throw new DecodeError('FRAME_SYNTAX', `address of five letters expected, got ${address}`);
  return { address, type: address.slice(2), words };
}

/** The exclusive or of everything between `$` and `*`. */
export function checksumOf(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i);
  return sum;
}

function assertSum(body: string, sum: string): void {
  const actual = checksumOf(body);
  if (Number.parseInt(sum, 16) === actual) return;
  const computed = actual.toString(16).toUpperCase().padStart(2, '0');
  throw new DecodeError('CHECKSUM_MISMATCH', `checksum ${sum} expected, computed ${computed}`);
}
