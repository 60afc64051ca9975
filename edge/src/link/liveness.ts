import { equalBytes } from '@sigill/evidence';
import type { Timers } from '../timers.ts';

export interface LivenessParts {
  readonly timers: Timers;
  readonly random: (length: number) => Uint8Array;
  readonly ask: (nonce: Uint8Array) => void;
  readonly lost: () => void;
  /** How much longer an answer may take, because of what is on the wire before the question. */
  readonly slackMs: () => number;
}

export interface Liveness {
  begin(): void;
  heard(): void;
  answered(nonce: Uint8Array): void;
  end(): void;
}

// A connection whose other end is gone is found within the sum of both.
const PERIOD_MS = 20_000;
const PATIENCE_MS = 10_000;

/**
 * Asks the gateway now and then whether it is there: a connection may be dead for hours without TCP knowing. Anything
 * heard puts the end off, because on a slow line the answer waits behind what was sent before.
 */
export function createLiveness({ timers, random, ask, lost, slackMs }: LivenessParts): Liveness {
  let nonce: Uint8Array | null = null;
  let cancel: () => void = () => undefined;

  function later(): void {
    nonce = null;
    cancel();
    cancel = timers.after(PERIOD_MS, () => {
      nonce = random(8);
      ask(nonce);
      wait();
    });
  }

  function wait(): void {
    cancel();
    cancel = timers.after(PATIENCE_MS + slackMs(), lost);
  }

  return {
    begin: later,
    heard() {
      if (nonce !== null) wait();
    },
    answered(answer) {
      if (nonce !== null && equalBytes(nonce, answer)) later();
    },
    end: () => cancel(),
  };
}
