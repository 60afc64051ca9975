/** Whether the evidence is about the reading that was asked for, and says what the page showed. Pure. */
import type { Reading } from '../api/model.ts';
import { formatInstant } from '../format/times.ts';
import type { ShownReading } from './examination.ts';

export const isAsked = (reading: ShownReading, agent: string, seq: number): boolean =>
  reading.agent === agent && reading.seq === seq;

export interface Difference {
  readonly name: string;
  /** What the server's list says; null where it says nothing. */
  readonly listed: string | null;
  readonly sealed: string | null;
}

/** The first field in which the server's list and the evidence differ; digits compared as text. */
export function firstDifference(listed: Reading, sealed: ShownReading): Difference | null {
  if (listed.time !== sealed.time)
    return {
      name: 'time',
      listed: formatInstant(listed.time),
      sealed: formatInstant(sealed.time),
    };
  const names = new Set([...listed.fields, ...sealed.fields].map(({ name }) => name));
  for (const name of names) {
    const [left, right] = [listed, sealed].map(({ fields }) => {
      const field = fields.find((one) => one.name === name);
      return field === undefined ? null : `${field.value} ${field.unit ?? ''}`.trim();
    });
    if (left !== right) return { name, listed: left ?? null, sealed: right ?? null };
  }
  return null;
}
