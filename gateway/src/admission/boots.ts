/**
 * Under which kernel boots an agent was met, in order: what tells two boxes with one key from one box whose card was
 * put back. A boot id is drawn anew at each start of a box, so two of them take turns only when two boxes run.
 * @module
 */
import { toHex } from '@sigill/evidence';

export type ConflictKind =
  /** Two boxes ran with one key. */
  | 'clone'
  /** One box went on from an older state of itself. */
  | 'rollback';

export interface Boots {
  /** Met: in a hello, or in a batch's header. True if another was met since this one was: two boxes run. */
  seen(agent: Uint8Array, boot: Uint8Array): boolean;
  /** What the site log knows from before this process began, oldest first. */
  before(agent: Uint8Array, boots: readonly Uint8Array[]): void;
  kindOf(agent: Uint8Array): ConflictKind;
  /** The operator has spoken: what was met before counts no more. */
  forget(): void;
}

// A box that restarts all day is met under many; older ones cannot take turns any more.
const REMEMBERED = 32;

export function createBoots(): Boots {
  /** Per agent, each boot as often as it was met anew after another. */
  const met = new Map<string, string[]>();

  function add(order: readonly string[], boot: string): string[] {
    return order.at(-1) === boot ? [...order] : [...order, boot].slice(-REMEMBERED);
  }

  return {
    seen(agent, boot) {
      const order = met.get(toHex(agent)) ?? [];
      const id = toHex(boot);
      if (order.at(-1) === id) return false;
      met.set(toHex(agent), add(order, id));
      return order.includes(id);
    },
    before(agent, boots) {
      const order = [...boots.map(toHex), ...(met.get(toHex(agent)) ?? [])];
      met.set(toHex(agent), order.reduce(add, [] as string[]));
    },
    kindOf(agent) {
      const order = met.get(toHex(agent)) ?? [];
      return new Set(order).size < order.length ? 'clone' : 'rollback';
    },
    forget: () => met.clear(),
  };
}
