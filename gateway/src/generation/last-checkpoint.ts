/**
 * The last checkpoint of a closed log, at exactly the size where its operator closed it, so that its last entries can be
 * proven too. Its key signs it once more, and only as a step further on the way of what it signed before.
 * @module
 */
import {
  type Checkpoint,
  type Closing,
  EvidenceError,
  equalBytes,
  formatAddCheckpoint,
  openCheckpoint,
  type Signer,
  signCheckpoint,
  verifyConsistency,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { CloudClient } from '../uplink/cloud-client.ts';

export interface LastCheckpointParts {
  readonly client: Pick<CloudClient, 'heads' | 'askReceipt' | 'addCheckpoint'>;
  readonly origin: string;
  readonly closed: Closing;
  readonly logKey: Signer;
  /** The newest note of that log on this disk that a witness cosigned. */
  readonly cosigned: string | null;
}

/**
 * @returns the signed note, which the cloud has; null where it would contradict what the key signed before
 * @throws GatewayError CLOUD_*
 */
export async function bringLastCheckpoint(
  parts: LastCheckpointParts,
  signal: AbortSignal,
): Promise<string | null> {
  const { client, origin, closed, logKey, cosigned } = parts;
  const { size, root } = closed;
  const atCloud = (await client.heads(origin, 0, logKey, signal)).checkpoint;
  for (const note of [atCloud, cosigned]) {
    if (note !== null && !(await leadsToEnd(parts, note, signal))) return null;
  }
  const note = signCheckpoint({ origin, size, root }, logKey);
  const receipt = await client.askReceipt(note, signal);
  if (receipt.kind === 'missing' || receipt.size !== size || !equalBytes(receipt.root, root))
    throw new GatewayError(
      'CLOUD_DISAGREES',
      `the cloud gives no receipt for ${origin} at the ${size} entries where its operator closed it`,
      { retryable: true },
    );
  await askCosignature(parts, note, signal);
  return note;
}

async function leadsToEnd(
  { client, origin, closed, logKey }: LastCheckpointParts,
  note: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { size, root } = openCheckpoint(note, origin, logKey.publicKey).checkpoint;
    if (size > closed.size) return false;
    const { path } = await client.heads(origin, size, logKey, signal);
    verifyConsistency(size, closed.size, root, closed.root, size === closed.size ? [] : path);
    return true;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

/** The witness may have come further than this disk knows, or have cosigned it already. */
async function askCosignature(
  parts: LastCheckpointParts,
  note: string,
  signal: AbortSignal,
): Promise<void> {
  const { client, origin, closed, logKey } = parts;
  let oldSize: Checkpoint['size'] = 0;
  for (let tries = 0; tries < 2; tries += 1) {
    const { path } = await client.heads(origin, oldSize, logKey, signal);
    const answer = await client.addCheckpoint(formatAddCheckpoint({ oldSize, path, note }), signal);
    if (answer.kind === 'cosigned' || answer.size >= closed.size) return;
    oldSize = answer.size;
  }
}
