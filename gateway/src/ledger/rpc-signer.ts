/**
 * A signer elsewhere, asked by JSON-RPC: eth_signTransaction, as Web3Signer and clef answer it. The key never comes here.
 * @module
 */
import { createJsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';
import type { Signer, TransactionFields } from './signer.ts';

// clef may ask a person; who does not answer in a minute is asked again at the next try.
const TIMEOUT_MS = 60_000;

export function createRpcSigner(url: string, address: string, timeoutMs = TIMEOUT_MS): Signer {
  const rpc = createJsonRpc(url, timeoutMs);
  return {
    address,
    async signTransaction(fields) {
      const answer = await rpc
        .call<unknown>('eth_signTransaction', toRequest(address, fields))
        .catch((error: unknown) => {
          throw asSignerError(error);
        });
      // Web3Signer answers with the transaction, clef and geth with { raw, tx }.
      const { raw } = (answer ?? {}) as { raw?: unknown };
      return String(raw ?? answer);
    },
  };
}

function toRequest(from: string, fields: TransactionFields): Record<string, string> {
  const { chainId, nonce, to, data, gasLimit } = fields;
  const quantities =
    fields.type === 0
      ? { gasPrice: fields.gasPrice }
      : {
          maxFeePerGas: fields.maxFeePerGas,
          maxPriorityFeePerGas: fields.maxPriorityFeePerGas,
        };
  const all = { ...{ chainId, nonce, gas: gasLimit, value: 0 }, ...quantities };
  const written = Object.entries(all).map(([name, value]) => [name, `0x${value.toString(16)}`]);
  return { from, to, data, ...Object.fromEntries(written) };
}

function asSignerError(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error;
  const away = error.code === 'LEDGER_UNREACHABLE';
  return new LedgerError(
    away ? 'SIGNER_UNREACHABLE' : 'SIGNER_REFUSED',
    away ? `the signer gives no answer (${error.message})` : `the signer refuses: ${error.message}`,
    { cause: error, retryable: true },
  );
}
