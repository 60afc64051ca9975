/** What the calendar asks the server: the numbers of a month, and the evidence of a range. */
import { type Fetch, getAnswer } from '../api/client.ts';
import { PageError } from '../errors.ts';
import type { Bounds } from './calendar.ts';
import { parseCompleteness, type StreamMonth } from './model.ts';

export interface SourceName {
  readonly agent: string;
  readonly source: string;
}

export interface RangeQuestion extends SourceName, Bounds {
  readonly number: NumberQuestion | null;
}

/** A number computed from the readings, and what it assumes. */
export interface NumberQuestion {
  readonly device: string;
  readonly projection: string;
  readonly assumptions: string;
}

export async function fetchMonth(
  fetch: Fetch,
  { agent, source }: SourceName,
  { from, to }: Bounds,
): Promise<StreamMonth[]> {
  const query = new URLSearchParams({ agent, source, from: String(from), to: String(to) });
  const answer = await getAnswer(fetch, `/api/v1/completeness?${query}`);
  const json: unknown = await answer.json().catch((cause: unknown) => {
    throw new PageError('SERVER_ANSWER', 'completeness: JSON expected', { cause });
  });
  return parseCompleteness(json);
}

export function rangePath({ agent, source, from, to, number }: RangeQuestion): string {
  const query = new URLSearchParams({ agent, source, from: String(from), to: String(to) });
  for (const [name, value] of Object.entries(number ?? {})) query.set(name, value);
  return `/api/v1/evidence/range?${query}`;
}

/** @param came told how many bytes have come so far */
export async function fetchRange(
  fetch: Fetch,
  question: RangeQuestion,
  came: (bytes: number) => void,
): Promise<Uint8Array> {
  const answer = await getAnswer(fetch, rangePath(question));
  if (answer.body === null) return new Uint8Array(await answer.arrayBuffer());
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new PageError('SERVER_UNREACHABLE', 'the answer was cut off', { cause });
    });
    if (done) break;
    parts.push(value);
    size += value.length;
    came(size);
  }
  const file = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
