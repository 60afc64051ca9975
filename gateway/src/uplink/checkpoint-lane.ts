/**
 * A checkpoint at each interval: the cloud's word that everything below it is durable there, then
 * its cosignature as a witness, and those of others; with them it is given to the cloud again, which keeps them for evidence.
 * @module
 */
import {
  cosignedAt,
  equalBytes,
  formatAddCheckpoint,
  type NoteKey,
  openCheckpoint,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { BatchLane } from './batch-lane.ts';
import { assertNotAhead } from './cloud-ahead.ts';
import type { CloudClient } from './cloud-client.ts';
import type { WitnessLane } from './witness-lane.ts';

export interface CheckpointLane {
  /** Every entry below is durable at the cloud. */
  receipted(): number;
  cosigned(): number;
  /** Where the cloud says it stands. @throws GatewayError CLOUD_AHEAD */
  resume(size: number): void;
  push(signal: AbortSignal): Promise<void>;
}

export interface CheckpointLaneParts {
  readonly client: CloudClient;
  readonly log: SiteLog;
  readonly batches: BatchLane;
  /** The cosigning keys that the operator's record names now. */
  readonly witnesses: () => readonly NoteKey[];
  /** Those that are not the operator's. */
  readonly others: WitnessLane;
}

export function createCheckpointLane(parts: CheckpointLaneParts): CheckpointLane {
  const { client, log, batches, witnesses, others } = parts;
  const kept = log.cosigned();
  let receipted = 0;
  let cosigned = kept === null ? 0 : sizeOf(kept);

  function sizeOf(note: string): number {
    return openCheckpoint(note, log.origin, log.publicKey).checkpoint.size;
  }

  async function askReceipt(note: string, signal: AbortSignal): Promise<void> {
    const size = sizeOf(note);
    if (size === receipted) return;
    await batches.push(size, signal);
    const answer = await client.askReceipt(note, signal);
    if (answer.kind === 'missing') {
      batches.resume(answer.next);
      throw new GatewayError('CLOUD_BUSY', `the cloud lacks entries from ${answer.next} on`, {
        retryable: true,
      });
    }
    if (answer.size !== size || !equalBytes(answer.root, log.root(size))) {
      throw new GatewayError(
        'CLOUD_DISAGREES',
        `the cloud's receipt is for another log: size ${answer.size} where ${size} was asked, or another root`,
      );
    }
    receipted = size;
  }

  async function askCosignature(note: string, signal: AbortSignal): Promise<void> {
    const size = sizeOf(note);
    if (size === cosigned) return;
    let answer = await add(cosigned);
    if (answer.kind === 'stale') {
      assertNotAhead(log, answer.size);
      answer = await add(answer.size);
    }
    if (answer.kind === 'stale') {
      throw new GatewayError('CLOUD_BUSY', `the witness moved to ${answer.size} meanwhile`, {
        retryable: true,
      });
    }
    const cosignedNote = note + answer.lines;
    assertCosigned(cosignedNote, witnesses());
    await log.keepCosigned(cosignedNote);
    cosigned = size;

    function add(oldSize: number) {
      const path = log.consistencyProof(oldSize, size);
      return client.addCheckpoint(formatAddCheckpoint({ oldSize, path, note }), signal);
    }
  }

  async function keepLines(note: string, lines: string, signal: AbortSignal): Promise<void> {
    if (lines === '') return;
    const kept = log.cosigned();
    const whole = (kept !== null && sizeOf(kept) === sizeOf(note) ? kept : note) + lines;
    await log.keepCosigned(whole);
    await client.askReceipt(whole, signal);
  }

  return {
    receipted: () => receipted,
    cosigned: () => cosigned,
    resume(size) {
      assertNotAhead(log, size);
      receipted = size;
    },
    async push(signal) {
      const { size } = log.head();
      const witnessed = witnesses().length === 0 || size === cosigned;
      if (size === receipted && witnessed && others.settled(size)) return;
      const note = await log.publish();
      await askReceipt(note, signal);
      // Side by side: whoever is away holds up nobody.
      const lines = others.ask(note, signal);
      try {
        if (!witnessed) await askCosignature(note, signal);
      } finally {
        await keepLines(note, await lines, signal);
      }
    },
  };
}

/** @throws GatewayError CLOUD_ANSWER_INVALID */
function assertCosigned(note: string, witnesses: readonly NoteKey[]): void {
  let cause: unknown;
  try {
    if (witnesses.some((witness) => cosignedAt(note, witness) !== null)) return;
  } catch (error) {
    cause = error;
  }
  throw new GatewayError(
    'CLOUD_ANSWER_INVALID',
    `the cloud's cosignature is by none of the operator's witnesses (${witnesses.map(({ name }) => name).join(', ')}); its witness key and the operator's record must come from the same gateway init`,
    { cause, retryable: true },
  );
}
