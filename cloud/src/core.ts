/**
 * The cloud without its server: stores opened, register read, everything wired together.
 * @module
 */
import { join } from 'node:path';
import { type Policy, parsePolicy, type Signer } from '@sigill/evidence';
import type { BatchArchive } from './archive/batch-archive.ts';
import { openSegmentArchive } from './archive/segment-archive.ts';
import {
  askCompleteness,
  type CompletenessQuestion,
  type StreamCompleteness,
} from './completeness/completeness.ts';
import { openCompletenessStore } from './completeness/completeness-store.ts';
import { ARCHIVE, COMPLETENESS, DATABASE, KEEPSAKES, READINGS } from './data-directory.ts';
import type { Database } from './database/database.ts';
import { migrations } from './database/migrations.ts';
import { openSqliteDatabase } from './database/sqlite-database.ts';
import { createErasures, type Erasures } from './erasure/erasures.ts';
import { createEventHub, type EventHub } from './events/event-hub.ts';
import { listenTo } from './ingest/heard.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import { anchorTree } from './ingest/tree-names.ts';
import { assembleEvidence } from './proofs/assemble.ts';
import { assembleRange, type ComputeNumber } from './proofs/assemble-range.ts';
import { findErasures } from './proofs/erasures.ts';
import type { RangeQuestion } from './proofs/range-streams.ts';
import { openEmbeddedStore } from './readings/embedded/embedded-store.ts';
import { createProjector, type ProjectedBatch } from './readings/projector.ts';
import { createReadingItems, type ReadingItems, toItem } from './readings/reading-items.ts';
import type { ReadingStore } from './readings/reading-store.ts';
import { openRegister, type Register } from './register/register.ts';
import { type CellAgents, watchCells } from './sensitive/cell-agents.ts';
import { createLogTiles, type LogTiles } from './tiles/log-tiles.ts';
import { openWatermarks, type WatermarkBook } from './watermarks/watermarks.ts';
import { openOwnWitness } from './witness/own-witness.ts';
import type { Witness } from './witness/witness.ts';

export interface CoreParts {
  readonly data: string;
  /** Signed records, the operator's own first. */
  readonly records: readonly Uint8Array[];
  /** Canonical JSON, as browsers are shown it. */
  readonly policy: string;
  readonly witness: { readonly name: string; readonly signer: Signer } | null;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Names this run in event ids. */
  readonly era: string;
  readonly log: CoreLog;
}

export interface CoreLog {
  warn(facts: object, text: string): void;
}

export interface Core {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly store: ReadingStore;
  /** Whose exact positions are withheld. */
  readonly cells: CellAgents;
  readonly register: Register;
  readonly ingest: Ingest;
  /** When a gateway last brought something, since the start. */
  heardOf(origin: string): number | null;
  readonly erasures: Erasures;
  readonly witness: Witness | null;
  readonly tiles: LogTiles;
  readonly watermarks: WatermarkBook;
  readonly events: EventHub;
  readonly items: ReadingItems;
  readonly policy: Policy;
  readonly policyText: string;
  readonly counts: CoreCounts;
  evidence(agent: Uint8Array, seq: number): Promise<string>;
  rangeEvidence(question: RangeQuestion, compute?: ComputeNumber | null): Promise<string>;
  completeness(question: CompletenessQuestion): Promise<readonly StreamCompleteness[]>;
  /** When everything taken in so far can be queried. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Since the start. */
export interface CoreCounts {
  batches: number;
  readings: number;
  quarantined: number;
}

// Of one write to the store, the newest are told to browsers; charts and lists have them all.
const TOLD_AT_ONCE = 200;

export async function openCore(parts: CoreParts): Promise<Core> {
  const { data, now, log } = parts;
  const policy = parsePolicy(parts.policy);
  const database = openSqliteDatabase(join(data, DATABASE), migrations, join(data, KEEPSAKES));
  const register = await openRegister(database, policy.operator, now);
  for (const cose of parts.records) await register.admit(cose);
  const archive = await openSegmentArchive(join(data, ARCHIVE));
  const { store, cells } = await watchCells(await openEmbeddedStore(join(data, READINGS)));
  const numbers = await openCompletenessStore(join(data, COMPLETENESS));
  const events = createEventHub(parts.era, now);
  const counts: CoreCounts = { batches: 0, readings: 0, quarantined: 0 };
  const watermarks = await openWatermarks(database, policy.ledger, (marks) =>
    events.publish('watermarks', () => marks),
  );
  const items = createReadingItems({ archive, database, store, watermarks });

  function tellReadings(batches: readonly ProjectedBatch[]): void {
    for (const { readings } of batches) counts.readings += readings.length;
    counts.batches += batches.length;
    const told = batches.flatMap((batch) =>
      batch.readings.flatMap((reading) => (reading === null ? [] : [{ reading, batch }])),
    );
    for (const { reading, batch } of told.slice(-TOLD_AT_ONCE)) {
      events.publish('reading', () =>
        toItem(reading, batch, watermarks.stateOf(batch.origin, batch.entry)),
      );
    }
  }

  const projector = createProjector({
    archive,
    database,
    store,
    written: tellReadings,
    failed: (error) => log.warn({ err: error }, 'readings are behind what is archived'),
    wait: parts.wait,
  });
  // Beside the readings, at a pace of its own: either is made again without the other.
  const counter = createProjector({
    ...{ archive, database, store: numbers, wait: parts.wait },
    written: () => {},
    failed: (error) => log.warn({ err: error }, 'the calendar is behind what is archived'),
  });
  const refresh = (origin?: string) => {
    projector.wake();
    counter.wake();
    void watermarks
      .refresh(origin)
      .catch((error) => log.warn({ err: error }, 'watermarks could not be read'));
  };
  const { ingest, heardOf } = listenTo(
    createIngest({
      archive,
      database,
      store,
      register,
      ledger: policy.ledger,
      now,
      taken: (agent, batch, readings) => {
        cells.note(agent, readings);
        projector.offer(agent, batch, readings);
        counter.offer(agent, batch, readings);
      },
      refused: (origin, refusals) => {
        counts.quarantined += refusals.length;
        log.warn({ origin, refusals }, 'entries are not believed and stand in quarantine');
      },
      changed: refresh,
    }),
    now,
  );
  const witness =
    parts.witness && (await openOwnWitness(parts.witness, database, register, now, refresh));
  const { ledger } = policy;
  const anchorLog = ledger && anchorTree(ledger.chainId, ledger.contract);
  const quorum = policy.witnesses;
  const erasures = createErasures({
    ...{ archive, database, store, register, events, now },
    failed: (error) => log.warn({ err: error }, 'readings to be erased are still here'),
    projector: {
      async forget(batches) {
        await projector.forget(batches);
        await counter.forget(batches);
      },
    },
  });
  await erasures.carryOut();
  projector.wake();
  counter.wake();

  return {
    archive,
    database,
    store,
    cells,
    register,
    ingest,
    heardOf,
    erasures,
    witness,
    tiles: createLogTiles({ archive, database }),
    watermarks,
    events,
    items,
    policy,
    policyText: parts.policy,
    counts,
    evidence: (agent, seq) =>
      assembleEvidence({ archive, database, register, anchorLog, quorum }, agent, seq),
    rangeEvidence: (question, compute = null) =>
      assembleRange({ archive, database, register, anchorLog, quorum, store }, question, compute),
    completeness: (question) =>
      askCompleteness(
        {
          store: numbers,
          erasures: (agent) => database.read((sql) => findErasures(sql, agent)),
          now,
        },
        question,
      ),
    async idle() {
      await projector.idle();
      await counter.idle();
    },
    async close() {
      await erasures.carryOut().catch(() => {}); // it is done at the next start
      await projector.stop();
      await counter.stop();
      await numbers.close();
      await store.close();
      await archive.close();
      await database.close();
    },
  };
}
