import type { Log } from '../log.ts';
import { type Life, persist } from './life.ts';

export interface LivesParts {
  /** `again`: this life cannot go on, and another one can. */
  readonly start: (again: (damage?: string) => void, damage?: string) => Promise<Life>;
  /** Whether the life is for the log that is in force. */
  readonly isCurrent: (life: Life) => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** None can begin any more. */
  readonly failed: (error: unknown) => void;
}

/** One life after the other, never two: the journal has one writer. */
export interface Lives {
  /** Null between two. */
  readonly life: Life | null;
  /** The first. @throws what keeps it from beginning */
  begin(): Promise<void>;
  /** Another log is in force: whatever lives for the one before ends. */
  renew(): void;
  stop(): Promise<void>;
}

export function createLives({ start, isCurrent, log, signal, failed }: LivesParts): Lives {
  let life: Life | null = null;
  let begun = 0;
  let turn: Promise<void> = Promise.resolve();

  async function begin(damage?: string): Promise<void> {
    await life?.stop();
    life = null;
    const own = ++begun;
    const again = (why?: string) => {
      log.warn({}, 'the agent begins anew, after what its gateway holds');
      turnWhen(() => begun === own, why);
    };
    life = await persist(() => start(again, damage), log, signal);
  }

  function turnWhen(isDue: () => boolean, damage?: string): void {
    turn = turn.then(async () => {
      if (!signal.aborted && isDue()) await begin(damage);
    });
    turn.catch(failed);
  }

  return {
    get life() {
      return life;
    },
    begin() {
      turn = begin();
      return turn;
    },
    renew: () => turnWhen(() => life !== null && !isCurrent(life)),
    async stop() {
      await turn.catch(() => undefined);
      await life?.stop();
    },
  };
}
