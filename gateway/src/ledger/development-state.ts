/**
 * anvil's state as a file that does not grow for ever: what is far back is left out.
 * @module
 */
import { gunzipSync } from 'node:zlib';
import type { JsonRpc } from './json-rpc.ts';

// What browsers may compare headers with: four hours at three blocks per ten seconds, 1.6 kB each.
// The EVM itself looks back 256 blocks.
const KEPT_BLOCKS = 4096;
const KEPT_TRANSACTION_BLOCKS = 256;

interface AnvilState {
  readonly best_block_number: number;
  readonly blocks: readonly {
    readonly header: { readonly number: string };
    readonly transactions: unknown;
  }[];
  readonly transactions: readonly { readonly block_number: number }[];
}

export async function dumpState(
  anvil: JsonRpc,
): Promise<{ readonly number: number; readonly bytes: Uint8Array }> {
  const dumped = await anvil.call<string>('anvil_dumpState');
  const json = gunzipSync(Buffer.from(dumped.slice(2), 'hex')).toString();
  const state = JSON.parse(json) as AnvilState;
  const number = Number(state.best_block_number);
  const recent = number - KEPT_TRANSACTION_BLOCKS;
  const kept = {
    ...state,
    blocks: state.blocks.filter(({ header }) => Number(header.number) > number - KEPT_BLOCKS),
    transactions: state.transactions.filter((one) => one.block_number > recent),
  };
  return { number, bytes: new TextEncoder().encode(JSON.stringify(kept)) };
}
