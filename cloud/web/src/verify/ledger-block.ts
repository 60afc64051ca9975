/** A block's hash, asked from the ledger itself over JSON-RPC: not from the server this page came from. */
import type { Fetch } from '../api/client.ts';
import { PageError } from '../errors.ts';
import type { SeenBlock } from './examination.ts';

const TIMEOUT_MS = 5000;

/** Null when the ledger does not know the block. @throws PageError LEDGER_UNREACHABLE */
export async function fetchBlock(
  fetch: Fetch,
  rpc: string,
  number: number,
): Promise<SeenBlock | null> {
  const question = {
    jsonrpc: '2.0',
    id: 1,
    method: 'eth_getBlockByNumber',
    params: [`0x${number.toString(16)}`, false],
  };
  try {
    const answer = await fetch(rpc, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return parseBlock(await answer.json(), number, rpc);
  } catch (cause) {
    throw new PageError('LEDGER_UNREACHABLE', `${rpc}: no answer of use`, { cause });
  }
}

/** @throws PageError LEDGER_UNREACHABLE for what is no answer to the question */
export function parseBlock(json: unknown, number: number, source: string): SeenBlock | null {
  const { result } = (json ?? {}) as { result?: unknown };
  if (result === null) return null;
  const { hash, number: told } = (result ?? {}) as { hash?: unknown; number?: unknown };
  if (typeof hash !== 'string' || !/^0x[0-9a-f]{64}$/.test(hash) || Number(told) !== number)
    throw new PageError('LEDGER_UNREACHABLE', `block ${number} with its hash expected`);
  return { number, hash, source };
}
