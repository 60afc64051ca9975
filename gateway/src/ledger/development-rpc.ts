/**
 * JSON-RPC over HTTP for anyone on this machine, pages in its browsers included: reading, and transactions that are signed.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LedgerError } from './ledger-error.ts';

/** @throws LedgerError, whose `cause` is the node's own error object when it refused */
export type CallChain = (method: string, params: readonly unknown[]) => Promise<unknown>;

const ALLOWED_METHODS = new Set([
  ...['eth_chainId', 'net_version', 'web3_clientVersion', 'eth_syncing', 'eth_blockNumber'],
  ...['eth_getBlockByNumber', 'eth_getBlockByHash', 'eth_getBlockReceipts', 'eth_getLogs'],
  ...['eth_getBalance', 'eth_getCode', 'eth_getStorageAt', 'eth_getProof', 'eth_call'],
  ...['eth_estimateGas', 'eth_gasPrice', 'eth_maxPriorityFeePerGas', 'eth_feeHistory'],
  ...['eth_getTransactionCount', 'eth_getTransactionByHash', 'eth_getTransactionReceipt'],
  ...['eth_getRawTransactionByHash', 'eth_sendRawTransaction', 'txpool_status'],
]);
// A block's worth of calldata is a few hundred kilobytes; a batch of calls less.
const MAX_BODY_BYTES = 1 << 20;
const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '600',
};
const [INVALID_JSON, INVALID_REQUEST, NO_SUCH_METHOD, INTERNAL] = [-32700, -32600, -32601, -32603];

/** Answers whatever comes; never throws. */
export async function answerRpc(
  request: IncomingMessage,
  response: ServerResponse,
  call: CallChain,
): Promise<void> {
  if (request.method === 'OPTIONS') return end(response, 204, '');
  if (request.method !== 'POST') return end(response, 405, '');
  const body = await readBody(request).catch(() => null);
  if (body === null) return end(response, 413, '');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return end(response, 200, JSON.stringify(failure(null, INVALID_JSON, 'not JSON')));
  }
  const answer = Array.isArray(parsed)
    ? await Promise.all(parsed.map((one) => answerCall(one, call)))
    : await answerCall(parsed, call);
  end(response, 200, JSON.stringify(answer));
}

async function answerCall(request: unknown, call: CallChain): Promise<object> {
  const { id = null, method, params = [] } = (request ?? {}) as Record<string, unknown>;
  if (typeof method !== 'string' || !Array.isArray(params))
    return failure(id, INVALID_REQUEST, 'method and a list of params expected');
  if (!ALLOWED_METHODS.has(method))
    return failure(id, NO_SUCH_METHOD, `the development ledger does not offer ${method}`);
  try {
    return { jsonrpc: '2.0', id, result: await call(method, params) };
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LEDGER_REFUSED')
      return { jsonrpc: '2.0', id, error: error.cause };
    return failure(id, INTERNAL, (error as Error).message);
  }
}

function failure(id: unknown, code: number, message: string): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error('too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { ...CROSS_ORIGIN, 'content-type': 'application/json' });
  response.end(body);
}
