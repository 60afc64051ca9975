/**
 * How far the evidence of each site log has come. Every mark is a size of the log: an entry below `final` is
 * final, else below `anchored` anchored, and so on.
 * @module
 */
import { type LedgerPolicy, originHash } from '@sigill/evidence';
import { anchorLog } from '../database/anchors.ts';
import { newestCheckpoint, witnessedLog } from '../database/checkpoints.ts';
import type { Database } from '../database/database.ts';
import { calledSize } from '../database/roll-calls.ts';
import { listSiteLogs, nextEntry } from '../database/site-logs.ts';
import { anchorTree } from '../ingest/tree-names.ts';

export interface Watermarks {
  readonly origin: string;
  /** Entries archived. */
  readonly sealed: number;
  readonly logged: number;
  readonly witnessed: number;
  readonly anchored: number;
  readonly final: number;
}

export const EVIDENCE_STATES = ['sealed', 'logged', 'witnessed', 'anchored', 'final'] as const;
export type EvidenceState = (typeof EVIDENCE_STATES)[number];

export interface WatermarkBook {
  list(): readonly Watermarks[];
  /** What an entry has reached; sealed for a log nobody has entered. */
  stateOf(origin: string, entry: number): EvidenceState;
  /** Reads them again, of one log or of all; tells those that moved. */
  refresh(origin?: string): Promise<void>;
}

export async function openWatermarks(
  database: Database,
  ledger: LedgerPolicy | null,
  moved: (marks: Watermarks) => void,
): Promise<WatermarkBook> {
  const marks = new Map<string, Watermarks>();
  let refreshing: Promise<void> | null = null;
  /** Logs to be read again; null: all. */
  let asked: Set<string> | null = null;
  await readAgain(database, ledger, null, (mark) => marks.set(mark.origin, mark));

  async function refreshAsked(): Promise<void> {
    while (asked === null || asked.size > 0) {
      const origins = asked;
      asked = new Set();
      await readAgain(database, ledger, origins, (mark) => {
        const old = marks.get(mark.origin);
        marks.set(mark.origin, mark);
        if (old === undefined || EVIDENCE_STATES.some((state) => old[state] !== mark[state]))
          moved(mark);
      });
    }
  }

  asked = new Set();
  return {
    list: () => [...marks.values()].sort((a, b) => (a.origin < b.origin ? -1 : 1)),
    stateOf(origin, entry) {
      const mark = marks.get(origin);
      return EVIDENCE_STATES.findLast((state) => entry < (mark?.[state] ?? 0)) ?? 'sealed';
    },
    // Asked for with every request: one at a time, and one more for all that came meanwhile. A fleet's are not all read
    // again because one of its gateways sent something.
    refresh(origin) {
      if (origin === undefined) asked = null;
      else asked?.add(origin);
      refreshing ??= refreshAsked().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
  };
}

/** @param origins null: all */
async function readAgain(
  database: Database,
  ledger: LedgerPolicy | null,
  origins: ReadonlySet<string> | null,
  found: (mark: Watermarks) => void,
): Promise<void> {
  await database.read(async (sql) => {
    const log = ledger && (await anchorLog(sql, anchorTree(ledger.chainId, ledger.contract)));
    const wanted = origins ?? (await listSiteLogs(sql)).map(({ origin }) => origin);
    for (const origin of wanted) {
      const logged = (await newestCheckpoint(sql, origin))?.size ?? 0;
      const called = async (before: number) =>
        log === null ? 0 : calledSize(sql, log.log, originHash(origin), before);
      found({
        ...{ origin, sealed: await nextEntry(sql, origin), logged },
        witnessed: Math.min((await witnessedLog(sql, origin))?.size ?? 0, logged),
        anchored: await called(log?.mined ?? 0),
        final: await called(log?.final ?? 0),
      });
    }
  });
}
