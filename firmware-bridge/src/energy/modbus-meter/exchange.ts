/**
 * A question with its answer: what they say of a meter, and where they stand in what was heard on a bus.
 * @module
 */
import type { ObservedField } from '../../driver.ts';
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';
import { type Answer, findAnswer, findQuestion, type Mode, type Question } from './adu.ts';
import { codeOf, pointsIn, type RegisterMap } from './register-map.ts';
import { readValue } from './values.ts';

/** The field that names what the meter has no value for. */
export const NO_VALUE = 'other.modbus-meter.no-value';

/** The fields of one meter from what it answered, question by question. */
export function fieldsOf(
  map: RegisterMap,
  exchanges: readonly { readonly question: Question; readonly data: Uint8Array }[],
): Record<string, ObservedField> {
  const fields: Record<string, ObservedField> = {};
  const missing: string[] = [];
  for (const { question, data } of exchanges) {
    if (question.read !== map.read) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (const point of pointsIn(map, question)) {
      const value = readValue(point, view, 2 * (point.register - question.start));
      if (value === null) missing.push(point.name);
      else fields[point.name] = { value, unit: point.unit, code: codeOf(map, point) };
    }
  }
  if (missing.length > 0) fields[NO_VALUE] = { value: missing.join(' '), unit: null, code: null };
  return fields;
}

/** Cuts what is heard on a bus into questions with the answers right behind them. */
export function createExchangeFramer(mode: Mode): Framer {
  let buffer = new Uint8Array(0);
  let start = 0; // where the buffer begins in the stream

  const cut = (isOver: boolean): Cut[] => {
    const cuts: Cut[] = [];
    let at = 0;
    const here = (length: number) => ({
      offset: start + at,
      bytes: buffer.slice(at, at + length),
    });
    while (at < buffer.length) {
      const question = findQuestion(mode, buffer, at);
      if (question === 'incomplete' && !isOver) break;
      if (question === 'incomplete' || question === 'other' || 'damaged' in question) {
        at++;
        continue;
      }
      const answer = findAnswer(mode, question, buffer, at + question.length);
      if (answer === 'incomplete' && !isOver) break;
      if (answer === 'incomplete' && buffer.length > at + question.length)
        cuts.push({ ...here(buffer.length - at), error: truncated() });
      if (answer === 'incomplete' || answer === 'other') {
        // Nobody answered, or it only looked like a question: over TCP no checksum vouches for it.
        at++;
        continue;
      }
      const whole = here(question.length + answer.length);
      cuts.push('damaged' in answer ? { ...whole, error: mismatch() } : whole);
      at += 'damaged' in answer ? question.length : whole.bytes.length;
    }
    buffer = buffer.slice(at);
    start += at;
    return cuts;
  };

  return {
    push(chunk) {
      const joined = new Uint8Array(buffer.length + chunk.length);
      joined.set(buffer);
      joined.set(chunk, buffer.length);
      buffer = joined;
      return cut(false);
    },
    end: () => cut(true),
  };
}

/** A frame of the framer above, taken apart. */
export function readExchange(
  mode: Mode,
  frame: Uint8Array,
): { readonly question: Question; readonly answer: Answer } {
  const question = findQuestion(mode, frame, 0);
  if (typeof question === 'string' || 'damaged' in question) throw mismatch();
  const answer = findAnswer(mode, question, frame, question.length);
  if (typeof answer === 'string' || 'damaged' in answer) throw mismatch();
  return { question, answer };
}

export function mismatch(): DecodeError {
  return new DecodeError('CHECKSUM_MISMATCH', "the answer's checksum is not that of its bytes");
}

function truncated(): DecodeError {
  return new DecodeError('FRAME_TRUNCATED', 'the answer was cut short by the end of the stream');
}
