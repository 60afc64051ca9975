/**
 * The answer to a question, anywhere in what was heard since it was asked: a line adds noise before and after it, and
 * some adapters repeat what is sent.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { type Answer, findAnswer, type Mode, type Question } from './adu.ts';

export interface Asked {
  readonly question: Question;
  readonly request: Uint8Array;
}

/** `damaged`: the last bytes are an answer whose checksum is wrong. Null: nothing yet. */
export function searchAnswer(
  mode: Mode,
  { question, request }: Asked,
  heard: Uint8Array,
): { readonly answer: Answer; readonly at: number; readonly length: number } | 'damaged' | null {
  let isDamaged = false;
  for (let at = echoIn(heard, request); at < heard.length; at++) {
    const answer = findAnswer(mode, question, heard, at);
    if (typeof answer === 'string') continue;
    if (!('damaged' in answer)) return { answer, at, length: answer.length };
    isDamaged ||= at + answer.length === heard.length;
  }
  return isDamaged ? 'damaged' : null;
}

/** What to say of a question whose time is over. */
export function explainSilence(
  mode: Mode,
  { question, request }: Asked,
  heard: Uint8Array,
  timeoutMs: number,
): DecodeError {
  const bytes = heard.subarray(echoIn(heard, request));
  if (bytes.length === 0)
    return new DecodeError('DEVICE_SILENT', `it did not answer in ${timeoutMs} ms`);
  const begins = bytes.some(
    (_, at) => at + 3 <= bytes.length && findAnswer(mode, question, bytes, at) === 'incomplete',
  );
  return begins
    ? new DecodeError('FRAME_TRUNCATED', `its answer was not whole after ${timeoutMs} ms`)
    : new DecodeError('FRAME_SYNTAX', `what came within ${timeoutMs} ms is no answer`);
}

function echoIn(heard: Uint8Array, request: Uint8Array): number {
  const isEcho = heard.length >= request.length && request.every((byte, i) => heard[i] === byte);
  return isEcho ? request.length : 0;
}
