/**
 * What goes wrong at a notary, told when it begins and when it changes, not at each interval.
 * @module
 */
import type { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';

export interface Troubles {
  /** Somebody must come; of a slot, each by itself. */
  raise(what: string, text: string, slot?: number): void;
  /** Something failed, and what comes of it. */
  fail(part: string, error: unknown, then: string): void;
  /** What failed is well again. */
  settle(part: string): void;
}

export function createTroubles(tell: Tell): Troubles {
  const told = new Map<string, string>();

  function isNews(name: string, text: string): boolean {
    if (told.get(name) === text) return false;
    told.set(name, text);
    return true;
  }

  return {
    raise(what, text, slot) {
      if (!isNews(`${what} ${slot ?? ''}`, text)) return;
      tell({ level: 'alarm', what, text, ...(slot === undefined ? {} : { facts: { slot } }) });
    },
    fail(part, error, then) {
      const { code = 'NOTARY_FAILED', message, retryable = false } = error as GatewayError;
      if (!isNews(part, code)) return;
      tell({ level: retryable ? 'warning' : 'alarm', what: code, text: `${then}: ${message}` });
    },
    settle: (part) => void told.delete(part),
  };
}
