/** All operators that a witness follows, asked again and again at their clouds. A cloud that is away costs news and no more. */
import { EvidenceError } from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { send } from '../operator/client.ts';
import { openOperatorFollower } from './follow-operator.ts';
import type { StateDisk } from './state-disk.ts';
import type { WatchedLogs } from './watched-logs.ts';
import type { Witness } from './witness.ts';
import type { FollowedOperator } from './witness-config.ts';

export interface Followers {
  poll(signal: AbortSignal): Promise<void>;
  /** Until the signal is aborted. */
  run(pollMs: number, signal: AbortSignal): Promise<void>;
  /**
   * With the checkpoints at those clouds: one that we cosigned and know nothing of says that our state is an older copy.
   * @throws CloudError WITNESS_RETIRED
   */
  compare(witness: Witness, signal: AbortSignal): Promise<void>;
}

export interface FollowersLog {
  warn(facts: object, text: string): void;
}

// At a start. A state set back is found by the first of its logs.
const COMPARED = 200;

export async function openFollowers(
  operators: readonly FollowedOperator[],
  watched: WatchedLogs,
  disk: StateDisk,
  log: FollowersLog,
): Promise<Followers> {
  const followed = await Promise.all(
    operators.map(async ({ cloud, ...operator }) => ({
      cloud,
      follower: await openOperatorFollower(operator, watched, disk),
      ask: (signal: AbortSignal) => async (path: string) =>
        (await send(cloud, { method: 'GET', path, headers: {}, body: undefined }, signal)).body,
    })),
  );

  /** What goes wrong is told, but for what must stop us. */
  async function trying(url: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const known = error instanceof CloudError || error instanceof EvidenceError;
      if (!known || error.code === 'WITNESS_RETIRED') throw error;
      log.warn({ code: error.code }, `${url}: ${error.message}`);
      return false;
    }
  }

  async function poll(signal: AbortSignal): Promise<void> {
    for (const { cloud, follower, ask } of followed) {
      if (signal.aborted) return;
      await trying(cloud.url, () => follower.poll(ask(signal)));
    }
  }

  return {
    poll,
    async run(pollMs, signal) {
      while (!signal.aborted) {
        await rest(pollMs, signal);
        await poll(signal);
      }
    },
    async compare(witness, signal) {
      for (const { cloud, follower, ask } of followed) {
        for (const origin of follower.origins().slice(0, COMPARED)) {
          const path = `/ingest/v1/state?origin=${encodeURIComponent(origin)}`;
          const answered = await trying(cloud.url, async () => {
            const { checkpoint } = (await ask(signal)(path)) as { checkpoint: unknown };
            if (typeof checkpoint === 'string') await witness.compare(checkpoint);
          });
          if (!answered) break;
        }
      }
    },
  };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
