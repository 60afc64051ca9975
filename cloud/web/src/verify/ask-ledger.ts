/** The ledger's own word about the block that a proof stands in. */
import type { Fetch } from '../api/client.ts';
import type { Examination, SeenBlock } from './examination.ts';
import { fetchBlock } from './ledger-block.ts';

/** What the ledger itself said of the block in the file. */
export type LedgerAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'waits' }
  | { readonly kind: 'unreachable'; readonly rpc: string; readonly block: number }
  | { readonly kind: 'unknown'; readonly rpc: string; readonly block: number }
  | { readonly kind: 'answered'; readonly rpc: string; readonly block: SeenBlock };

export async function askLedger(
  fetch: Fetch,
  rpc: string | null,
  examination: Examination,
): Promise<LedgerAnswer> {
  if (rpc === null) return { kind: 'none' };
  const block = examination.outcome === 'judged' ? examination.block : null;
  if (block === null) return { kind: 'waits' };
  try {
    const seen = await fetchBlock(fetch, rpc, block.number);
    if (seen === null) return { kind: 'unknown', rpc, block: block.number };
    return { kind: 'answered', rpc, block: seen };
  } catch {
    return { kind: 'unreachable', rpc, block: block.number };
  }
}
