/**
 * Block hashes from the ledger's endpoints, for comparison: the only step of a verification that
 * asks anybody anything.
 * @module
 */
import { fromHex, type SeenBlock } from '@sigill/evidence';

export interface HeaderAnswer {
  readonly seen: readonly SeenBlock[];
  /** Endpoints that gave no answer, each with its reason. */
  readonly silent: readonly { readonly endpoint: string; readonly reason: string }[];
}

// A JSON-RPC answer with one block without transactions is some 2 kB; a public endpoint answers in
// well under a second, a person waits no longer than this.
const MAX_ANSWER_BYTES = 256 * 1024;
const TIMEOUT_MS = 8000;

/** Asks every endpoint for the hash of block `number`. Never throws. */
export async function fetchBlockHashes(
  endpoints: readonly string[],
  number: number,
  fetcher: typeof fetch = fetch,
): Promise<HeaderAnswer> {
  const seen: SeenBlock[] = [];
  const silent: { endpoint: string; reason: string }[] = [];
  await Promise.all(
    endpoints.map(async (endpoint) => {
      try {
        seen.push({ number, hash: await fetchHash(endpoint, number, fetcher), source: endpoint });
      } catch (error) {
        silent.push({ endpoint, reason: reasonOf(error) });
      }
    }),
  );
  return { seen, silent };
}

async function fetchHash(
  endpoint: string,
  number: number,
  fetcher: typeof fetch,
): Promise<Uint8Array> {
  const response = await fetcher(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_getBlockByNumber',
      params: [`0x${number.toString(16)}`, false],
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const text = await response.text();
  if (text.length > MAX_ANSWER_BYTES) throw new Error(`an answer of ${text.length} bytes`);
  const hash: unknown = JSON.parse(text)?.result?.hash;
  if (typeof hash !== 'string' || !/^0x[0-9a-f]{64}$/.test(hash))
    throw new Error(`it knows no block ${number}`);
  return fromHex(hash.slice(2));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
