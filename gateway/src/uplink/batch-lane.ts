/**
 * Batches to the cloud in the order of the site log, as soon as they are in it.
 * @module
 */
import { decodeSeal, toHex } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { LoggedSeal } from '../site-log/backward.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { assertNotAhead } from './cloud-ahead.ts';
import type { CloudClient } from './cloud-client.ts';

/** Where the batches of logged seals are held. */
export interface HeldBatches {
  /** Null if it is held no more. */
  read(logged: LoggedSeal, seal: Uint8Array): Promise<Uint8Array | null>;
  /** Those of entries below are needed no more. */
  release(beforeIndex: number): Promise<void>;
}

export interface BatchLane {
  /** The index of the first batch the cloud does not have. */
  next(): number;
  /** Where the cloud says it stands. @throws GatewayError CLOUD_AHEAD */
  resume(next: number): void;
  /** Until the cloud has everything below `size`. */
  push(size: number, signal: AbortSignal): Promise<void>;
}

export interface BatchLaneParts {
  readonly client: CloudClient;
  readonly log: SiteLog;
  readonly held: Pick<HeldBatches, 'read'>;
  readonly tell: Tell;
}

// One request carries a few seconds of a busy site, or some minutes of a backlog.
const WINDOW_BATCHES = 64;
const WINDOW_BYTES = 4 * 1024 * 1024;

export function createBatchLane({ client, log, held, tell }: BatchLaneParts): BatchLane {
  let next = 0;
  let window = WINDOW_BATCHES;

  function resume(expected: number): void {
    assertNotAhead(log, expected);
    next = expected;
  }

  async function collect(size: number): Promise<Uint8Array[]> {
    const seals = log.entries(next, Math.min(size, next + window));
    const batches: Uint8Array[] = [];
    let bytes = 0;
    for (const [offset, seal] of seals.entries()) {
      const batch = await readBatch(held, seal, next + offset);
      bytes += batch.length;
      if (batches.length > 0 && bytes > WINDOW_BYTES) break;
      batches.push(batch);
    }
    return batches;
  }

  return {
    next: () => next,
    resume,
    async push(size, signal) {
      let corrected = false;
      while (next < size && !signal.aborted) {
        const batches = await collect(size);
        const answer = await client.sendBatches(log.origin, next, batches, signal);
        if (answer.kind === 'too-large') {
          window = halve(batches.length, next);
        } else if (answer.kind === 'expected') {
          if (corrected) throw undecided(next, answer.next);
          resume(answer.next);
          corrected = true;
        } else {
          if (answer.next <= next || answer.next > next + batches.length) {
            throw undecided(next, answer.next);
          }
          next = answer.next;
          corrected = false;
          window = Math.min(window + 1, WINDOW_BATCHES);
          for (const { index, code, detail } of answer.quarantined) {
            const text = `the cloud put batch ${index} of the site log aside: ${code} ${detail}`;
            tell({ level: 'alarm', what: 'cloud-quarantine', text, facts: { index, code } });
          }
        }
      }
    },
  };
}

async function readBatch(
  held: Pick<HeldBatches, 'read'>,
  seal: Uint8Array,
  index: number,
): Promise<Uint8Array> {
  const opened = decodeSeal(seal);
  const { agent, batch } = opened.header;
  const bytes = await held.read({ ...opened, index }, seal);
  if (bytes !== null) return bytes;
  throw new GatewayError(
    'BATCH_LOST',
    `the cloud asks for batch ${batch} of agent ${toHex(agent)} (entry ${index}), which is held no more: it had been receipted; restore the cloud's archive from its own backup`,
  );
}

function halve(count: number, index: number): number {
  if (count > 1) return Math.floor(count / 2);
  throw new GatewayError(
    'CLOUD_REFUSED',
    `the cloud takes no request as large as batch ${index} of the site log; raise its limit to 8 MiB`,
  );
}

function undecided(next: number, answered: number): GatewayError {
  return new GatewayError(
    'CLOUD_ANSWER_INVALID',
    `batches from ${next} on were sent, the cloud goes on at ${answered}`,
    { retryable: true },
  );
}
