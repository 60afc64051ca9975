/** The ledger's own word about the block that a proof stands in. */
import type { Fetch } from '../api/client.ts';
import type { SeenBlock } from './examination.ts';
import { fetchBlock } from './ledger-block.ts';

/** What the ledger itself said of the block in the file. */
export type LedgerAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'waits' }
  | { readonly kind: 'unreachable'; readonly rpc: string; readonly block: number }
  | { readonly kind: 'unknown'; readonly rpc: string; readonly block: number }
  | { readonly kind: 'answered'; readonly rpc: string; readonly block: SeenBlock };

/** @param block the number that the file names; null where its anchor is not final */
export async function askLedger(
  fetch: Fetch,
  rpc: string | null,
  block: number | null,
): Promise<LedgerAnswer> {
  if (rpc === null) return { kind: 'none' };
  if (block === null) return { kind: 'waits' };
  try {
    const seen = await fetchBlock(fetch, rpc, block);
    if (seen === null) return { kind: 'unknown', rpc, block };
    return { kind: 'answered', rpc, block: seen };
  } catch {
    return { kind: 'unreachable', rpc, block };
  }
}
