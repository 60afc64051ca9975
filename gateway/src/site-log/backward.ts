import { decodeSeal, type OpenedSeal, TILE_WIDTH } from '@sigill/evidence';
import type { SiteLog } from './site-log.ts';

export interface LoggedSeal extends OpenedSeal {
  readonly index: number;
}

/** Entries below `size`, the newest first, down to `from`. Read by whole bundles, opened one by one. */
export function* backward(log: SiteLog, size: number, from = 0): Generator<LoggedSeal> {
  for (let end = size; end > from; ) {
    const first = Math.max(Math.floor((end - 1) / TILE_WIDTH) * TILE_WIDTH, from);
    const seals = log.entries(first, end);
    for (let offset = seals.length - 1; offset >= 0; offset -= 1) {
      yield { ...decodeSeal(seals[offset]!), index: first + offset };
    }
    end = first;
  }
}
