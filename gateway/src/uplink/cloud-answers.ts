/**
 * How the cloud is asked, and its answers read: whoever asks gets values or a GatewayError that says what to do.
 * @module
 */
import { CborReader, EvidenceError, fromBase64 } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Timers } from '../timers.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts';

export interface AnchorCounts {
  readonly mined: number;
  readonly final: number;
}

// A cloud that takes longer has lost the request: a batch of the largest size is checked in a second.
const ANSWER_TIMEOUT_MS = 30_000;

export type Ask = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** @throws GatewayError CLOUD_UNREACHABLE, also when it does not answer in time */
export function createAsker(http: HttpClient, timers: Timers): Ask {
  return async function ask(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener('abort', stop, { once: true });
    let late = false;
    const watch = timers.wait(ANSWER_TIMEOUT_MS, attempt.signal).then(() => {
      late = !attempt.signal.aborted;
      attempt.abort();
    });
    try {
      return await http.request(request, attempt.signal);
    } catch (error) {
      throw late ? unanswered(request, error) : error;
    } finally {
      signal.removeEventListener('abort', stop);
      attempt.abort();
      await watch;
    }
  };
}

export function readAnswer<T>(
  answer: HttpAnswer,
  expected: string,
  decode: (bytes: Uint8Array) => T,
): T {
  try {
    return decode(answer.body);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw invalidAnswer(expected, clip(answer), cause);
  }
}

/** A body of canonical CBOR, read to its end. */
export function decodeAnswer<T>(
  answer: HttpAnswer,
  expected: string,
  read: (reader: CborReader) => T,
): T {
  return readAnswer(answer, expected, (bytes) => {
    const reader = new CborReader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  });
}

function unanswered({ path }: HttpRequest, cause: unknown): GatewayError {
  return new GatewayError(
    'CLOUD_UNREACHABLE',
    `the cloud does not answer ${path.split('?')[0]} in ${ANSWER_TIMEOUT_MS / 1_000} s`,
    { cause, retryable: true },
  );
}

export function post(path: string, type: string, body: Uint8Array): HttpRequest {
  return { method: 'POST', path, type, body };
}

export function readJson(answer: HttpAnswer, ...alsoDone: number[]): Record<string, unknown> {
  if (!alsoDone.includes(answer.status)) assertDone(answer);
  try {
    return asObject(JSON.parse(new TextDecoder().decode(answer.body)));
  } catch (cause) {
    throw invalidAnswer('JSON', clip(answer), cause);
  }
}

export function assertDone(answer: HttpAnswer): void {
  const { status } = answer;
  if (status === 200) return;
  const said = `the cloud answers ${status}: ${clip(answer)}`;
  if ([408, 409, 429].includes(status) || status >= 500) {
    throw new GatewayError('CLOUD_BUSY', said, { retryable: true });
  }
  if (status === 422) throw new GatewayError('CLOUD_DISAGREES', said);
  throw new GatewayError('CLOUD_REFUSED', said);
}

/** What the body says for people: problem+json if it is, else its beginning. */
function clip({ body }: HttpAnswer): string {
  const text = new TextDecoder().decode(body.subarray(0, 2_000));
  try {
    const { code, detail, title } = JSON.parse(text);
    return [code, detail ?? title].filter((part) => typeof part === 'string').join(' ') || text;
  } catch {
    return JSON.stringify(text.slice(0, 120));
  }
}

export function asObject(value: unknown): Record<string, unknown> {
  if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
  throw invalidAnswer('an object', value);
}

export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalidAnswer('a list', value);
}

export function asCount(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw invalidAnswer('a count', value);
}

export function asAnchorCounts({ mined, final }: Record<string, unknown>): AnchorCounts {
  return { mined: asCount(mined), final: asCount(final) };
}

export function asBytes(value: unknown): Uint8Array {
  try {
    return fromBase64(value as string);
  } catch (cause) {
    throw invalidAnswer('base64', value, cause);
  }
}

export function invalidAnswer(expected: string, found: unknown, cause?: unknown): GatewayError {
  const shown = String(JSON.stringify(found)).slice(0, 120);
  return new GatewayError(
    'CLOUD_ANSWER_INVALID',
    `the cloud answers ${shown} where ${expected} is expected; is cloud.url the address of a Sigill cloud?`,
    { cause, retryable: true },
  );
}
