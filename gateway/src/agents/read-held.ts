/**
 * Every batch that a store of batches holds, in the order in which it came, whether it entered a log or not.
 * @module
 */
import type { Journal } from '@sigill/edge';
import { decodeGroup } from './held-records.ts';

/** @throws EdgeError JOURNAL_CORRUPT, EvidenceError CBOR_* */
export async function* readHeld(journal: Journal): AsyncGenerator<Uint8Array> {
  const heads = new Set(journal.heads());
  const [first] = heads;
  if (first === undefined) return;
  for await (const { position, payload } of journal.read(first, Number.MAX_SAFE_INTEGER)) {
    if (heads.has(position)) continue;
    for (const { batch } of decodeGroup(payload).entries) if (batch !== null) yield batch;
  }
}
