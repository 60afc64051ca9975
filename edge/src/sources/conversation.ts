/**
 * A driver's sessions with one device, one after the other: ticked when they want, begun anew when the
 * line was away, when the clock was set, and when the driver fails.
 * @module
 */
import type { Driver, Session, SessionInput, Step } from '@sigill/firmware-bridge';
import type { AgentClock } from '../clock.ts';
import type { Timers } from '../timers.ts';

export interface ConversationParts {
  readonly driver: Driver;
  readonly options: Readonly<Record<string, string>>;
  readonly clock: Pick<AgentClock, 'nowMs' | 'uptimeMs'>;
  readonly timers: Timers;
  /** What came of a tick, at whatever time. */
  readonly ticked: (step: Step) => void;
  /** The driver threw, which none may. */
  readonly failed: (error: unknown) => void;
}

export interface Conversation {
  /** A new session. A driver of a device that must be asked has something to send before anything came. */
  begin(): void;
  /** Null: the driver failed, and a new session has begun. */
  receive(input: SessionInput): Step | null;
  /** What was half said is not continued: the next that is said needs `begin`. */
  end(): Step | null;
  stop(): void;
}

// A session lives by one clock. When the wall clock is set by more than drifting explains, it begins anew.
const CLOCK_SET_MS = 10_000;

export function createConversation(parts: ConversationParts): Conversation {
  const { driver, options, clock, timers } = parts;
  let session: Session = driver.createSession(options);
  let offsetMs = clockOffset();
  let cancelTick: (() => void) | null = null;
  let stopped = false;

  function clockOffset(): number {
    return clock.nowMs() - clock.uptimeMs();
  }

  function renew(): void {
    session = driver.createSession(options);
    offsetMs = clockOffset();
  }

  function begin(): void {
    renew();
    tick();
  }

  function tick(): void {
    const step = run((nowMs) => session.tick(nowMs));
    if (step !== null) parts.ticked(step);
  }

  function run(ask: (nowMs: number) => Step): Step | null {
    if (Math.abs(clockOffset() - offsetMs) > CLOCK_SET_MS) begin();
    const nowMs = clock.nowMs();
    let step: Step;
    try {
      step = ask(nowMs);
    } catch (error) {
      // Its session is in no known state.
      renew();
      parts.failed(error);
      return null;
    }
    cancelTick?.();
    cancelTick = null;
    if (step.nextTickMs !== null && !stopped)
      cancelTick = timers.after(Math.max(0, step.nextTickMs - nowMs), tick);
    return step;
  }

  return {
    begin,
    receive: (input) => run((nowMs) => session.receive(input, nowMs)),
    end: () => run((nowMs) => session.end(nowMs)),
    stop() {
      stopped = true;
      cancelTick?.();
    },
  };
}
