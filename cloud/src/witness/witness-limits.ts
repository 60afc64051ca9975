/** What one log may ask of a witness: its requests one after another, few that wait, and growth at a bounded pace. */
import { createHash } from 'node:crypto';
import { createLimiter } from '../enrolment/limiter.ts';
import { CloudError } from '../errors.ts';
import { createTurns } from '../ingest/turns.ts';

export interface WitnessLimits {
  /** @throws CloudError WITNESS_BUSY */
  inTurn<T>(origin: string, work: () => Promise<T>): Promise<T>;
  /** Each is a write to the disk. Only who holds the log's key comes so far. @throws CloudError WITNESS_BUSY */
  assertMayGrow(origin: string): void;
}

// A gateway sends one at a time; a second is its next try.
const MAX_WAITING = 16;
// A gateway asks each ten seconds; so it may catch up, and never more than one each second goes on.
const GROWTH = { tries: 60, refillMs: 1000 };

export function createWitnessLimits(now: () => number): WitnessLimits {
  const turns = createTurns();
  const waiting = new Map<string, number>();
  const growth = createLimiter({ ...GROWTH, now });

  return {
    async inTurn(origin, work) {
      const before = waiting.get(origin) ?? 0;
      if (before >= MAX_WAITING) throw busy(`${before} requests of ${origin} wait`);
      waiting.set(origin, before + 1);
      try {
        return await turns.take(origin, work);
      } finally {
        const left = (waiting.get(origin) ?? 1) - 1;
        if (left === 0) waiting.delete(origin);
        else waiting.set(origin, left);
      }
    },
    assertMayGrow(origin) {
      // By its hash: the limiter reads addresses.
      const name = createHash('sha256').update(origin).digest('hex');
      if (!growth.allows(name)) throw busy(`${origin} grows faster than once a second`);
      growth.count(name);
    },
  };
}

function busy(why: string): CloudError {
  return new CloudError('WITNESS_BUSY', why, { retryable: true });
}
