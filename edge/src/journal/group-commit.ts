import type { Timers } from '../timers.ts';

export interface GroupCommitOptions<T> {
  readonly timers: Timers;
  /** How long an entry waits for others. 0: only for those of the same turn, and for the commit before. */
  readonly windowMs: number;
  readonly commit: (group: readonly T[]) => Promise<void>;
}

export interface GroupCommit<T> {
  readonly waitingBytes: number;
  /**
   * One promise for all of a group: it resolves when that is committed. Groups follow each other in order, never side by
   * side. A group waits no longer than the shortest window asked for by what is in it.
   */
  add(entry: T, sizeBytes: number, windowMs?: number): Promise<void>;
  /** Commits what waits, without waiting. */
  flush(): Promise<void>;
}

// A group this large gains nothing by waiting longer.
const FULL_GROUP_BYTES = 256 * 1024;

interface Group<T> extends PromiseWithResolvers<void> {
  readonly entries: T[];
}

/** Many appends, one sync. A failed commit fails everything that waits behind it. */
export function createGroupCommit<T>(options: GroupCommitOptions<T>): GroupCommit<T> {
  let waiting = begin<T>();
  let waitingBytes = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  /** One for each window shorter than all before it: whichever ends first ends them all. */
  const timers: (() => void)[] = [];
  let isDue = false;
  let committing: Promise<void> | null = null;

  function add(entry: T, sizeBytes: number, windowMs = options.windowMs): Promise<void> {
    const { entries, promise } = waiting;
    entries.push(entry);
    waitingBytes += sizeBytes;
    if (windowMs < shortestMs) {
      shortestMs = windowMs;
      if (windowMs > 0) timers.push(options.timers.after(windowMs, due));
    }
    if (windowMs === 0 || waitingBytes >= FULL_GROUP_BYTES) due();
    return promise;
  }

  function due(): void {
    isDue = true;
    start();
  }

  function start(): void {
    committing ??= commitWaiting().finally(() => {
      committing = null;
      if (isDue) start();
    });
  }

  function take(): Group<T> {
    const group = waiting;
    waiting = begin();
    waitingBytes = 0;
    shortestMs = Number.POSITIVE_INFINITY;
    for (const cancel of timers.splice(0)) cancel();
    isDue = false;
    return group;
  }

  async function commitWaiting(): Promise<void> {
    // Appends made in one go share a sync even without a window.
    await Promise.resolve();
    const group = take();
    try {
      await options.commit(group.entries);
      group.resolve();
    } catch (error) {
      for (const failed of [group, take()]) if (failed.entries.length > 0) failed.reject(error);
    }
  }

  async function flush(): Promise<void> {
    while (committing !== null || waiting.entries.length > 0) {
      start();
      await committing;
    }
  }

  return {
    get waitingBytes() {
      return waitingBytes;
    },
    add,
    flush,
  };
}

function begin<T>(): Group<T> {
  return { entries: [], ...Promise.withResolvers<void>() };
}
