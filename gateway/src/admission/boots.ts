/**
 * Under which kernel boots an agent said hello, in order: what tells two boxes with one key from one box whose card was
 * put back. A boot id is drawn anew at each start of a box, so two of them take turns only when two boxes run. The boots
 * in headers tell nothing of it: a batch may leave long after the start under which it was sealed.
 * @module
 */
import { toHex } from '@sigill/evidence';

export type ConflictKind =
  /** Two boxes ran with one key. */
  | 'clone'
  /** One box went on from an older state of itself. */
  | 'rollback';

export interface Boots {
  /** A hello came. True if another boot said hello since this one did: two boxes run. */
  seen(agent: Uint8Array, boot: Uint8Array): boolean;
  /** The operator has spoken: what was met before counts no more. */
  forget(): void;
}

// A box that restarts all day is met under many; older ones cannot take turns any more.
const REMEMBERED = 32;

export function createBoots(): Boots {
  /** Per agent, each boot once, the last one last. */
  const met = new Map<string, string[]>();
  return {
    seen(agent, boot) {
      const order = met.get(toHex(agent)) ?? [];
      const id = toHex(boot);
      if (order.at(-1) === id) return false;
      const others = order.filter((known) => known !== id);
      met.set(toHex(agent), [...others, id].slice(-REMEMBERED));
      return others.length < order.length;
    },
    forget: () => met.clear(),
  };
}
