/**
 * Seals twins: all of a period together, in an order of chance, in batches of their own, closed when the period is over.
 * So neither the order nor the number nor the time of batches tells more than the period.
 * @module
 */
import type { AgentParts } from './agent-parts.ts';
import type { AgentRun } from './agent-run.ts';
import { nextNOf, streamKey } from './agent-state.ts';
import type { AgentVoice } from './agent-voice.ts';
import { SEALING_TAKES_MS, type SealingMoment, twinStatement } from './cell-twin.ts';
import type { OwedTwin } from './cell-twin-state.ts';
import { promisedStreams, writeGap, writeHeartbeat } from './own-readings.ts';
import { cellSourceOf, isCellSource } from './sources/source-plan.ts';

export interface TwinKeeper {
  /** From here on it writes through this run. */
  begin(run: AgentRun): void;
  pause(): void;
  /** The plans are others than they were. */
  follow(): void;
}

// What could not be sealed when its period ended is sealed at the next whole hour: no other time tells less.
const MARK_MS = 3_600_000;
// A box that is awake for minutes of an hour never meets one: what is over by as much again is sealed at its start.
const OVERDUE_PERIODS = 2;

type Parts = Pick<AgentParts, 'clock' | 'timers' | 'random'>;

export function createTwinKeeper({ clock, timers, random }: Parts, voice: AgentVoice): TwinKeeper {
  /** When a twin that is dated ahead of the clock was first met: the clock was set back since. */
  const ahead = new Map<string, number>();
  let run: AgentRun | null = null;
  let cancel: () => void = () => undefined;

  function begin(opened: AgentRun): void {
    run = opened;
    follow();
    const now = clock.nowMs();
    seal(
      owed().filter(({ time, periodMs }) => now >= time + OVERDUE_PERIODS * periodMs),
      now,
      [],
    );
  }

  function pause(): void {
    cancel();
    run = null;
  }

  function follow(): void {
    if (run === null) return;
    announce(run);
    wakeLater();
  }

  /**
   * A stream of cells is there before the first exact reading is: whoever withholds exact streams that have such a
   * sibling never meets one without.
   */
  function announce(opened: AgentRun): void {
    for (const { name } of voice.plans.values())
      if (isCellSource(name) && nextNOf(opened.state, name, '') === 0) beat(opened, name, '');
  }

  function beat(opened: AgentRun, source: string, device: string): void {
    voice.mind(writeHeartbeat(opened, source, device, null), source, device);
  }

  function wakeLater(): void {
    cancel();
    const marks = periods().map((periodMs) => Math.min(periodMs, MARK_MS));
    if (marks.length === 0) return;
    const now = clock.nowMs();
    const next = Math.min(...marks.map((mark) => (Math.floor(now / mark) + 1) * mark));
    cancel = timers.after(Math.max(1, next - now), wake);
  }

  function periods(): number[] {
    const promised = [...voice.plans.values()].flatMap(({ sensitive }) =>
      sensitive ? [sensitive.periodMs] : [],
    );
    return [...promised, ...owed().map(({ periodMs }) => periodMs)];
  }

  function owed(): OwedTwin[] {
    return [...(run?.state.twins.owed.values() ?? [])];
  }

  function wake(): void {
    const now = clock.nowMs();
    const isAt = (markMs: number) => now - Math.floor(now / markMs) * markMs < SEALING_TAKES_MS;
    const due = owed().filter((twin) => {
      const mark = Math.min(twin.periodMs, MARK_MS);
      return isAt(mark) && isOver(twin, Math.floor(now / mark) * mark);
    });
    const ended = [...voice.plans.values()]
      .filter(({ sensitive }) => sensitive && isAt(sensitive.periodMs))
      .map(({ name }) => name);
    seal(due, now, ended);
    wakeLater();
  }

  function isOver({ time, periodMs, exact }: OwedTwin, markMs: number): boolean {
    if (time + periodMs <= markMs) return true;
    if (time <= markMs) return false;
    // It waits for as long as any other does.
    const key = exact.join();
    const since = ahead.get(key) ?? markMs;
    ahead.set(key, since);
    return markMs - since >= periodMs;
  }

  /**
   * The header before a batch is shown with its evidence. So a batch of heartbeats alone, written now, comes between the
   * readings before and the twins: nobody is shown when the last of those came.
   */
  function seal(due: readonly OwedTwin[], now: number, ended: readonly string[]): void {
    const sources = new Set([...ended, ...due.map(({ source }) => source)]);
    // Without room they stay owed.
    if (run === null || sources.size === 0 || !voice.hasRoom('heartbeat')) return;
    const mark = Math.min(MARK_MS, ...due.map(({ periodMs }) => periodMs));
    const moment: SealingMoment = {
      markMs: Math.floor(now / mark) * mark,
      uptimeMs: clock.uptimeMs(),
      clock: clock.quality(),
    };
    try {
      run.closeBatch();
      tellHeartbeats(run, sources, due);
      run.closeBatch();
      for (const twin of shuffled(due)) tellTwin(run, twin, moment);
      tellUntold(run, moment.markMs);
      run.closeBatch();
    } catch {
      // The journal failed: what it holds tells at the next opening which of them are still owed.
    }
    for (const { exact } of due) ahead.delete(exact.join());
  }

  /** In the sources' own streams, and of each device that said nothing. */
  function tellHeartbeats(
    opened: AgentRun,
    sources: ReadonlySet<string>,
    due: readonly OwedTwin[],
  ): void {
    const speaking = new Set(due.map(({ source, device }) => streamKey(source, device)));
    const streams = promisedStreams(opened.state, voice.plans);
    for (const source of sources) {
      const cells = cellSourceOf(source);
      beat(opened, cells, '');
      for (const stream of streams) {
        const isSilent = stream.device !== '' && !speaking.has(streamKey(source, stream.device));
        if (stream.source === cells && isSilent) beat(opened, cells, stream.device);
      }
    }
  }

  function tellTwin(opened: AgentRun, twin: OwedTwin, moment: SealingMoment): void {
    const statement = twinStatement(twin, moment);
    voice.mind(opened.write(statement, null), statement.source, statement.device);
  }

  function tellUntold(opened: AgentRun, markMs: number): void {
    for (const { source, device, from, to, count } of [...opened.state.twins.untold.values()]) {
      if (to > markMs) continue;
      const cells = cellSourceOf(source);
      const gap = { from, to, count, cause: 'flood' } as const;
      voice.mind(writeGap(opened, cells, device, gap), cells, device);
    }
  }

  function shuffled(twins: readonly OwedTwin[]): OwedTwin[] {
    const keyed = twins.map((twin) => ({ twin, key: Buffer.from(random(16)) }));
    return keyed.sort((one, other) => one.key.compare(other.key)).map(({ twin }) => twin);
  }

  return { begin, pause, follow };
}
