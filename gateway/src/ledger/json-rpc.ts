/**
 * JSON-RPC 2.0 over HTTP: one call, one answer, within a time limit. Who calls decides about trying again.
 * @module
 */
import { LedgerError } from './ledger-error.ts';

export interface JsonRpc {
  /**
   * @throws LedgerError LEDGER_UNREACHABLE when there is no answer, LEDGER_REFUSED when the answer is an error, which is its cause.
   * Both may pass: nodes lag, limit rates, and lose history they still announce.
   */
  call<Result>(method: string, ...params: readonly unknown[]): Promise<Result>;
}

// Two thousand blocks of anchors are a megabyte; whoever sends more than this has something else in mind.
const MAX_ANSWER_BYTES = 16 << 20;

export function createJsonRpc(
  url: string,
  timeoutMs: number,
  maxAnswerBytes = MAX_ANSWER_BYTES,
): JsonRpc {
  let lastId = 0;
  return {
    async call<Result>(method: string, ...params: readonly unknown[]): Promise<Result> {
      lastId += 1;
      const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params });
      const answer = await exchange(url, method, body, { timeoutMs, maxAnswerBytes });
      if ('result' in answer) return answer.result as Result;
      throw new LedgerError('LEDGER_REFUSED', `${method}: ${describe(answer.error)}`, {
        cause: answer.error,
        retryable: true,
      });
    },
  };
}

async function exchange(
  url: string,
  method: string,
  body: string,
  limits: { readonly timeoutMs: number; readonly maxAnswerBytes: number },
) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    // Servers answer JSON-RPC errors with any status; overload and outages bring a page instead of JSON.
    const answer: unknown = JSON.parse(await readText(response, limits.maxAnswerBytes));
    if (typeof answer !== 'object' || answer === null || !('result' in answer || 'error' in answer))
      throw new Error(`no JSON-RPC answer, HTTP status ${response.status}`);
    return answer as { result: unknown } | { error: unknown };
  } catch (cause) {
    // An RPC address can carry an access key: it stays out of messages.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LedgerError(
      'LEDGER_UNREACHABLE',
      `${method}: no answer from the ledger (${reason})`,
      {
        cause,
        retryable: true,
      },
    );
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function describe(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  return `${String(message ?? 'error')} (${String(code ?? 'no code')})`;
}
