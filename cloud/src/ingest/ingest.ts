/**
 * What gateways bring: batches, checkpoints, anchors. Everything is verified again here, whoever sent it, and
 * an answer leaves only when what it says is durable. Repeating a request changes nothing.
 * @module
 */
import type { CalledSlot, Checkpoint, LedgerProof } from '@sigill/evidence';
import { newestCheckpoint } from '../database/checkpoints.ts';
import { nextEntry } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';
import { type GivenBeacon, giveBeacon } from '../proofs/give-beacon.ts';
import { createNewestProver } from '../proofs/proven-call.ts';
import type { AnchorBundle } from './anchor-bundle.ts';
import { type GivenChanges, giveChanges } from './give-changes.ts';
import { type GivenEntries, giveEntries } from './give-entries.ts';
import { type GiveHeadsParts, type GivenHeads, giveHeads } from './give-heads.ts';
import { givePaths, type WantedPath } from './give-paths.ts';
import { giveSlots } from './give-slots.ts';
import { createLogOwners, type OwnersRequest } from './log-owner.ts';
import { countsOf, createRollBooks } from './roll-books.ts';
import { type AnchorCounts, type TakeAnchorParts, takeAnchor } from './take-anchor.ts';
import { type BatchesTaken, type TakeBatchesParts, takeBatches } from './take-batches.ts';
import { takeConflict } from './take-conflict.ts';
import { originOf, takeReceipt } from './take-receipt.ts';
import { type ToldRollCall, takeFinality, takeRollCall } from './take-roll-call.ts';
import { anchorTree } from './tree-names.ts';
import { createTurns } from './turns.ts';

export interface Ingest {
  batches(
    origin: string,
    firstIndex: number,
    batches: readonly Uint8Array[],
  ): Promise<BatchesTaken>;
  receipt(note: string): Promise<Checkpoint>;
  anchor(bundle: AnchorBundle): Promise<AnchorCounts>;
  /** From the operator's notary. */
  rollCall(told: ToldRollCall): Promise<AnchorCounts>;
  finality(index: number, proof: LedgerProof): Promise<AnchorCounts>;
  changes(since: number): Promise<GivenChanges>;
  paths(wanted: readonly WantedPath[]): Promise<readonly (readonly Uint8Array[])[]>;
  anchors(): Promise<AnchorCounts>;
  /** The slots as roll-call `number` has them. @throws CloudError ANCHORS_MISSING */
  slots(number: number): Promise<readonly CalledSlot[]>;
  /** Where a gateway goes on. All are counts. */
  state(origin: string): Promise<IngestState>;
  /** The newest final anchor, where it is newer than the one known, for a gateway that others anchor. */
  beacon(origin: string, known: number | null): Promise<GivenBeacon | null>;
  /** To be signed with a log's key, before entries or heads are asked for. */
  challenge(): string;
  entries(request: OwnersRequest): Promise<GivenEntries>;
  /** What the next generation of a log goes on from. */
  heads(request: OwnersRequest): Promise<GivenHeads>;
  /** @param signed by the log's key */
  conflict(origin: string, signed: Uint8Array): Promise<void>;
}

export interface IngestState {
  readonly next: number;
  readonly checkpointSize: number;
  readonly anchors: AnchorCounts;
  /** The newest one held, as the log signed it. */
  readonly checkpoint: string | null;
}

export interface IngestParts extends TakeBatchesParts, TakeAnchorParts, GiveHeadsParts {
  readonly refused: (origin: string, refusals: BatchesTaken['quarantined']) => void;
  /** Something about a site log may have moved; without its name, about all of them. */
  readonly changed: (origin?: string) => void;
}

// Of all logs; no origin has this name, since it has no dot.
const ANCHORS = 'anchors';
// Each holds some megabytes while it is checked; a fleet's gateways wait their turn and come again.
const MAX_AT_ONCE = 16;

export function createIngest(given: IngestParts): Ingest {
  const { database, register, ledger } = given;
  const parts = { ...given, books: createRollBooks(database) };
  const turns = createTurns();
  const owners = createLogOwners(parts.now);
  const prove = createNewestProver();
  let atOnce = 0;

  async function counted<T>(work: () => Promise<T>): Promise<T> {
    if (atOnce >= MAX_AT_ONCE) {
      throw new CloudError('INGEST_BUSY', `${atOnce} requests are being taken in`, {
        retryable: true,
      });
    }
    atOnce += 1;
    try {
      return await work();
    } finally {
      atOnce -= 1;
    }
  }

  async function anchors(): Promise<AnchorCounts> {
    if (ledger === null) return { mined: 0, final: 0 };
    return countsOf(database, anchorTree(ledger.chainId, ledger.contract));
  }

  // A refusal can change what we hold too: entries cut, a record admitted.
  function take<T>(name: string, work: () => Promise<T>): Promise<T> {
    return turns.take(name, work).finally(() => parts.changed(name === ANCHORS ? undefined : name));
  }

  return {
    batches: (origin, firstIndex, batches) =>
      counted(async () => {
        const taken = await take(origin, () => takeBatches(parts, origin, firstIndex, batches));
        if (taken.quarantined.length > 0) parts.refused(origin, taken.quarantined);
        return taken;
      }),
    async receipt(note) {
      return take(originOf(note), () => takeReceipt(parts, note));
    },
    anchor: (bundle) => counted(() => take(ANCHORS, () => takeAnchor(parts, bundle))),
    rollCall: (told) => counted(() => take(ANCHORS, () => takeRollCall(parts, told))),
    finality: (index, proof) =>
      counted(() => take(ANCHORS, () => takeFinality(parts, index, proof))),
    changes: (since) => giveChanges(parts, since),
    paths: (wanted) => counted(() => givePaths(parts, wanted)),
    anchors,
    slots: (number) => giveSlots(parts, number),
    challenge: owners.challenge,
    entries: (request) => counted(() => giveEntries(parts, owners, request)),
    // In turn with the log's batches: what is told of it is of one moment.
    heads: (request) =>
      counted(() => turns.take(request.origin, () => giveHeads(parts, owners, request))),
    conflict: (origin, signed) =>
      counted(() => take(origin, () => takeConflict(parts, origin, signed))),

    async beacon(origin, known) {
      register.slotOf(origin);
      return database.read((sql) => giveBeacon(sql, ledger, origin, known, prove));
    },

    async state(origin) {
      register.slotOf(origin);
      return database.read(async (sql) => {
        const known = await newestCheckpoint(sql, origin);
        return {
          next: await nextEntry(sql, origin),
          checkpointSize: known?.size ?? 0,
          checkpoint: known?.note ?? null,
          anchors: await anchors(),
        };
      });
    },
  };
}
