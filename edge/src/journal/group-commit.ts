import type { Timers } from '../timers.ts';

export interface GroupCommitOptions<T> {
  readonly timers: Timers;
  /** How long the first of a group waits for others. 0: only for those of the same turn, and for the commit before. */
  readonly windowMs: number;
  readonly commit: (group: readonly T[]) => Promise<void>;
}

export interface GroupCommit<T> {
  readonly waitingBytes: number;
  /** Resolves when the group is committed; groups follow each other in order, never side by side. */
  add(entry: T, sizeBytes: number): Promise<void>;
  /** Commits what waits, without waiting. */
  flush(): Promise<void>;
}

// A group this large gains nothing by waiting longer.
const FULL_GROUP_BYTES = 256 * 1024;

interface Waiting<T> {
  readonly entry: T;
  readonly sizeBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Many appends, one sync. A failed commit fails everything that waits behind it. */
export function createGroupCommit<T>(options: GroupCommitOptions<T>): GroupCommit<T> {
  let waiting: Waiting<T>[] = [];
  let waitingBytes = 0;
  let cancelTimer: (() => void) | null = null;
  let committing: Promise<void> | null = null;

  function add(entry: T, sizeBytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ entry, sizeBytes, resolve, reject });
      waitingBytes += sizeBytes;
      schedule();
    });
  }

  function schedule(): void {
    if (committing !== null || waiting.length === 0) return;
    if (options.windowMs === 0 || waitingBytes >= FULL_GROUP_BYTES) start();
    else cancelTimer ??= options.timers.after(options.windowMs, start);
  }

  function start(): void {
    cancelTimer?.();
    cancelTimer = null;
    committing ??= commitWaiting().finally(() => {
      committing = null;
      schedule();
    });
  }

  async function commitWaiting(): Promise<void> {
    // Appends made in one go share a sync even without a window.
    await Promise.resolve();
    const group = waiting;
    waiting = [];
    waitingBytes = 0;
    try {
      await options.commit(group.map(({ entry }) => entry));
      for (const { resolve } of group) resolve();
    } catch (error) {
      const rejected = [...group, ...waiting];
      waiting = [];
      waitingBytes = 0;
      for (const { reject } of rejected) reject(error);
    }
  }

  async function flush(): Promise<void> {
    while (committing !== null || waiting.length > 0) {
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
