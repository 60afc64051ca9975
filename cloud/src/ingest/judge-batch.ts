/**
 * What is believed of a batch, and where its agent's chain stands after it. Pure.
 *
 * A batch that is not believed never stops the next one: its entry stands in the site log all the same, and
 * if its agent did sign its header, the chain goes on from there.
 * @module
 */
import {
  CborReader,
  type ChainHead,
  type CheckedBatch,
  checkBatch,
  decodeSeal,
  EvidenceError,
  equalBytes,
  headerHash,
  leafHash,
  logsOf,
  openSeal,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import type { EntryHeader } from '../database/agent-chains.ts';
import { CloudError } from '../errors.ts';
import { activeAgent } from '../register/register.ts';

export interface JudgedBatch {
  /** The entry's leaf hash in the site log. */
  readonly leaf: Uint8Array;
  /** Null when it is refused. */
  readonly believed: CheckedBatch | null;
  readonly refusal: { readonly code: string; readonly detail: string } | null;
  /** What the header says, when it takes its agent's chain further. */
  readonly header: EntryHeader | null;
  readonly bytes: Uint8Array;
}

/** @param headOf where an agent's chain stands before this batch, in this log or the generation before it */
export async function judgeBatch(
  bytes: Uint8Array,
  record: SlotRecord,
  headOf: (agent: Uint8Array) => Promise<ChainHead | null>,
): Promise<JudgedBatch | null> {
  const seal = sealOf(bytes);
  if (seal === null) return null;
  const leaf = leafHash(seal);
  let header: EntryHeader | null = null;
  try {
    const { agent } = decodeSeal(seal).header;
    const { key } = activeAgent(record, agent);
    const head = await headOf(agent);
    header = signedHeader(seal, key, record, head);
    const believed = checkBatch(bytes, key, logsOf(record), head);
    return { leaf, believed, refusal: null, header, bytes };
  } catch (error) {
    return { leaf, believed: null, refusal: refusalOf(error), header, bytes };
  }
}

/** The seal's bytes out of a batch that may be broken behind it: the site log's entry. */
export function sealOf(batch: Uint8Array): Uint8Array | null {
  try {
    const reader = new CborReader(batch);
    reader.tuple(3);
    return reader.bytes();
  } catch {
    return null;
  }
}

function signedHeader(
  seal: Uint8Array,
  key: Uint8Array,
  record: SlotRecord,
  head: ChainHead | null,
): EntryHeader | null {
  const { header, headerBytes } = openSeal(seal, key);
  if (!logsOf(record).some((log) => equalBytes(log, header.log))) return null;
  if (head !== null && header.batch <= head.batch) {
    throw new CloudError(
      'BATCH_CONFLICT',
      `agent ${toHex(header.agent)} is at batch ${head.batch} and seals batch ${header.batch} again`,
    );
  }
  const { agent, batch, firstSeq, count } = header;
  return { agent, batch, hash: headerHash(headerBytes), firstSeq, count };
}

function refusalOf(error: unknown): { code: string; detail: string } {
  if (error instanceof EvidenceError || error instanceof CloudError) {
    return { code: error.code, detail: error.message };
  }
  throw error;
}
