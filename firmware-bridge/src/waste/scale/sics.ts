/**
 * Answers of Mettler Toledo balances and terminals to MT-SICS commands:
 *
 *     S S  weight unit      stable net weight          S D  weight unit      the same in motion
 *     S +   S -             over, under the range      S I                   cannot be executed now
 *     TA A  weight unit     tare                       I4 A "number"         serial number
 *     ES   ET   EL          a command that was not understood
 *
 * Spec: MT-SICS reference manual, levels 0 and 1.
 * @module
 */
import { type Statement, saying, weightField, weightOf } from './statement.ts';

const WEIGHT = /(S [SD]|TA A) +(-? *\d[\d.]*) +([a-zA-Z%]{1,3})$/;
const RANGE = /S ([+-])$/;
const SERIAL = /I4 A "([^"]{1,40})"$/;
const REFUSAL = /^(S I|S L|I4 I|I4 L|TA I|TA L|ES|ET|EL)$/;

/** Null: no such line. */
export function readSics(line: string): Statement | null {
  const [weighed, code = '', digits = '', unit = ''] = WEIGHT.exec(line) ?? [];
  if (weighed !== undefined) {
    const value = weightOf(digits);
    if (value === null) return null;
    if (code === 'TA A')
      return {
        kind: 'weight',
        stable: null,
        fields: weightField('weight.tare', value, unit, code),
      };
    const stable = code === 'S S';
    const fields = {
      ...weightField('weight.net', value, unit, code),
      'weight.stable': saying(stable, code),
    };
    return { kind: 'weight', stable, fields };
  }
  const range = RANGE.exec(line)?.[1];
  if (range !== undefined) {
    const value = range === '+' ? 'over' : 'under';
    return {
      kind: 'weight',
      stable: null,
      fields: { 'weight.range': saying(value, `S ${range}`) },
    };
  }
  const serial = SERIAL.exec(line)?.[1];
  if (serial !== undefined)
    return { kind: 'scale', stable: null, fields: { 'device.id': saying(serial, 'I4') } };
  const refusal = REFUSAL.exec(line)?.[1];
  if (refusal === undefined) return null;
  return { kind: 'scale', stable: null, fields: { 'device.status': saying(refusal, refusal) } };
}
