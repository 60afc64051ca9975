import type { ClockQuality } from '@sigill/evidence';

export interface ClockState {
  /** 0 unknown, 1 informative, 2 synchronised, 3 not set since boot. */
  readonly quality: ClockQuality;
  readonly maxErrorMs: number | null;
}

/** What an agent knows of time. Wall time may jump either way; uptime never does. */
export interface AgentClock {
  /** ms since the Unix epoch. */
  nowMs(): number;
  /** ms since the kernel's boot. */
  uptimeMs(): number;
  quality(): ClockState;
}
