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
import { listSiteLogs } from '../database/site-logs.ts';
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
  /** Reads them again; tells those that moved. */
  refresh(): Promise<void>;
}

export async function openWatermarks(
  database: Database,
  ledger: LedgerPolicy | null,
  moved: (marks: Watermarks) => void,
): Promise<WatermarkBook> {
  let marks: readonly Watermarks[] = await readAll(database, ledger);
  let refreshing: Promise<void> | null = null;
  let again = false;

  async function refreshAll(): Promise<void> {
    do {
      again = false;
      const before = marks;
      marks = await readAll(database, ledger);
      for (const mark of marks) {
        const old = before.find(({ origin }) => origin === mark.origin);
        if (old === undefined || EVIDENCE_STATES.some((state) => old[state] !== mark[state])) {
          moved(mark);
        }
      }
    } while (again);
  }

  return {
    list: () => marks,
    stateOf(origin, entry) {
      const mark = marks.find((one) => one.origin === origin);
      return EVIDENCE_STATES.findLast((state) => entry < (mark?.[state] ?? 0)) ?? 'sealed';
    },
    // Asked for with every request: one at a time, and one more for all that came meanwhile.
    refresh() {
      again = true;
      refreshing ??= refreshAll().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
  };
}

async function readAll(database: Database, ledger: LedgerPolicy | null): Promise<Watermarks[]> {
  return database.read(async (sql) => {
    const log = ledger && (await anchorLog(sql, anchorTree(ledger.chainId, ledger.contract)));
    const marks: Watermarks[] = [];
    for (const { origin, next } of await listSiteLogs(sql)) {
      const logged = (await newestCheckpoint(sql, origin))?.size ?? 0;
      const called = async (before: number) =>
        log === null ? 0 : calledSize(sql, log.log, originHash(origin), before);
      marks.push({
        origin,
        sealed: next,
        logged,
        witnessed: Math.min((await witnessedLog(sql, origin))?.size ?? 0, logged),
        anchored: await called(log?.mined ?? 0),
        final: await called(log?.final ?? 0),
      });
    }
    return marks;
  });
}
