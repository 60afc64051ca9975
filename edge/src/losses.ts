import type { Gap, GapCause } from './agent-kinds.ts';
import { streamKey } from './agent-state.ts';

export interface Loss {
  readonly source: string;
  readonly device: string;
  readonly gap: Gap;
}

/** Readings known lost and not yet told by a `gap`. */
export interface Losses {
  readonly total: number;
  readonly isEmpty: boolean;
  add(source: string, device: string, time: number, cause: GapCause): void;
  /** Put back what could not be told after all. */
  restore(loss: Loss): void;
  takeStream(source: string, device: string): Loss[];
  takeAll(): Loss[];
}

// Where more devices than this lose readings at once, their sources' own streams tell it.
const MAX_STREAMS = 1000;

export function createLosses(): Losses {
  const pending = new Map<string, Map<GapCause, Loss>>();
  let total = 0;

  function merge(loss: Loss): void {
    const device = pending.size < MAX_STREAMS ? loss.device : '';
    const key = streamKey(loss.source, device);
    const causes = pending.get(key) ?? new Map<GapCause, Loss>();
    pending.set(key, causes);
    const known = causes.get(loss.gap.cause)?.gap ?? loss.gap;
    const count = causes.has(loss.gap.cause)
      ? (known.count ?? 0) + (loss.gap.count ?? 0)
      : loss.gap.count;
    causes.set(loss.gap.cause, {
      source: loss.source,
      device,
      gap: {
        // Wall time may have jumped back between two losses.
        from: earlier(known.from, loss.gap.from),
        to: Math.max(known.to, loss.gap.to),
        count,
        cause: loss.gap.cause,
      },
    });
  }

  return {
    get total() {
      return total;
    },
    get isEmpty() {
      return pending.size === 0;
    },
    add(source, device, time, cause) {
      total++;
      merge({ source, device, gap: { from: time, to: time, count: 1, cause } });
    },
    restore: merge,
    takeStream(source, device) {
      if (pending.size === 0) return [];
      const key = streamKey(source, device);
      const taken = [...(pending.get(key)?.values() ?? [])];
      pending.delete(key);
      return taken;
    },
    takeAll() {
      const taken = [...pending.values()].flatMap((causes) => [...causes.values()]);
      pending.clear();
      return taken;
    },
  };
}

function earlier(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : Math.min(left, right);
}
