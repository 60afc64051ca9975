/**
 * Whether this disk is as far as the cloud has seen this log. A disk that was restored from an older copy takes back what
 * it lacks, exactly, before it goes on; one that went on already has a second history, and stops for ever.
 * @module
 */
import {
  type ChainHead,
  type Checkpoint,
  checkBatch,
  decodeBatch,
  decodeSeal,
  EvidenceError,
  equalBytes,
  findAgent,
  logsOf,
  openCheckpoint,
  type Signer,
  toHex,
  verifyConsistency,
} from '@sigill/evidence';
import type { Admission, RestoredBatch } from '../admission/admission.ts';
import type { ChainHeads } from '../admission/chain-heads.ts';
import type { Gate } from '../admission/gate.ts';
import { streamsAfter } from '../admission/stream-heads.ts';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { CloudClient, CloudState } from '../uplink/cloud-client.ts';
import { BEGIN_ANEW } from './begin-anew.ts';

export interface Restore {
  /**
   * Each time the cloud is reached, before anything is sent. Opens the gate when this disk is as far as the cloud.
   * @throws GatewayError SITE_LOG_FORKED, CLOUD_*
   */
  compare(state: CloudState, signal: AbortSignal): Promise<void>;
}

export interface RestoreParts {
  readonly client: CloudClient;
  readonly log: SiteLog;
  readonly logKey: Signer;
  readonly heads: ChainHeads;
  readonly admission: Admission;
  readonly gate: Gate;
  readonly register: () => Register;
  readonly tell: Tell;
  /** Entries came back. @returns whether all goes on; else everything begins anew behind them */
  readonly restored: () => boolean;
  /** What an agent's receipt said against this log, if one did; asked after every comparison. */
  readonly contradiction: () => string | null;
}

export function createRestore(parts: RestoreParts): Restore {
  const { client, log, heads, gate, tell } = parts;

  async function takeBack(
    next: number,
    known: Checkpoint | null,
    signal: AbortSignal,
  ): Promise<boolean> {
    const before = log.head().size;
    const reason = `the cloud holds ${next} entries of the site log, this disk ${before}: it was restored from an older copy, and what it lacks is fetched`;
    gate.hold(reason);
    tell({ level: 'warning', what: 'restoring', text: reason, facts: { from: before, to: next } });
    while (log.head().size < next) {
      const { size } = log.head();
      const { batches, path } = await client.entries(log.origin, size, parts.logKey, signal);
      const judged = judgeEntries(batches);
      assertContinues(judged, known, path);
      await parts.admission.restore(size, judged);
    }
    const count = log.head().size - before;
    const text = `${count} entries of the site log came back from the cloud; everything goes on behind them`;
    tell({ level: 'info', what: 'restored', text, facts: { count } });
    return parts.restored();
  }

  /** What admission asked of them when they came, asked again. */
  function judgeEntries(batches: readonly Uint8Array[]): RestoredBatch[] {
    if (batches.length === 0) throw new EvidenceError('BATCH_FORM', 'the cloud gives no entry');
    const moved = new Map<string, ChainHead>();
    const { record } = parts.register().slot;
    return batches.map((bytes) => {
      const { agent } = decodeSeal(decodeBatch(bytes).seal).header;
      const key = findAgent(record, agent)?.key;
      if (key === undefined) throw new EvidenceError('BATCH_AGENT', `${toHex(agent)} is unknown`);
      const head = moved.get(toHex(agent)) ?? heads.of(agent);
      const checked = checkBatch(bytes, key, logsOf(record), head);
      moved.set(toHex(agent), checked.head);
      return { agent, seal: checked.seal, streams: streamsAfter(checked.readings) };
    });
  }

  /** With these entries the log is on the way to what it once signed itself. */
  function assertContinues(
    judged: readonly RestoredBatch[],
    known: Checkpoint | null,
    path: readonly Uint8Array[],
  ): void {
    const { size, root } = log.extended(judged.map(({ seal }) => seal));
    if (known === null || size > known.size) return;
    verifyConsistency(size, known.size, root, known.root, path);
  }

  function fork(reason: string, cause?: unknown): GatewayError {
    const text = `${reason}. Going on would be a second history of ${log.origin}, which everybody could prove against its owner: the site log takes no more entries. Readings wait in the agents' journals. Restore a newer copy of the data directory if there is one; else ${BEGIN_ANEW}`;
    log.freeze(text);
    return new GatewayError('SITE_LOG_FORKED', text, { cause });
  }

  async function compare(state: CloudState, signal: AbortSignal): Promise<void> {
    const known = state.checkpoint === null ? null : open(state.checkpoint);
    const { size } = log.head();
    if (known !== null && known.size <= size && !equalBytes(log.root(known.size), known.root)) {
      throw fork(
        `the cloud holds a checkpoint that this log signed over ${known.size} entries, and the entries here are others: the disk was restored from an older copy and went on before the cloud was reached`,
      );
    }
    const next = Math.max(state.next, known?.size ?? 0);
    let goesOn = true;
    try {
      if (next > size) goesOn = await takeBack(next, known, signal);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      throw fork(
        `the cloud holds ${next} entries of this log, this disk ${log.head().size}, and those it gives do not continue the ones here (${error.code}: ${error.message}): the disk was restored from an older copy and went on before the cloud was reached, or the cloud gives others than it took`,
        error,
      );
    }
    const contradiction = parts.contradiction();
    if (contradiction !== null) {
      throw fork(
        `${contradiction}, and the cloud has no more either: a disk restored from an older copy, or an agent that belongs to another gateway (then the operator revokes its key)`,
      );
    }
    if (goesOn) gate.open();
  }

  function open(note: string): Checkpoint {
    try {
      return openCheckpoint(note, log.origin, log.publicKey).checkpoint;
    } catch (cause) {
      throw new GatewayError(
        'CLOUD_ANSWER_INVALID',
        `the cloud shows a checkpoint of ${log.origin} that its log key never signed (${(cause as Error).message}); is cloud.url the address of your cloud?`,
        { cause, retryable: true },
      );
    }
  }

  return { compare };
}
