/**
 * What the campaign and the agent under it say to each other.
 * @module
 */

export interface UnplugPlace {
  /** The link that is pulled and put back. */
  readonly plug: string;
  /** A port that stays. */
  readonly port: string;
  readonly tcpPort: number;
}

/** The source that is pulled, and those that must lose nothing by it. */
export const PLUGGED = 'plug';
export const STEADY = ['port', 'tcp', 'broker'] as const;
export type Steady = (typeof STEADY)[number];
export const TOPIC = 'meters/steady';

export type ToAgent =
  | { readonly type: 'deliver'; readonly id: number; readonly payload: Uint8Array }
  | { readonly type: 'health' }
  | { readonly type: 'report' };

export interface SourceReport {
  readonly readings: number;
  /** Numbers from 1 up to the highest that no reading has. */
  readonly missing: number;
  readonly twice: number;
  /** Gaps told in its streams. */
  readonly gaps: number;
}

export type FromAgent =
  | { readonly type: 'ready' }
  /** A reading of the pulled source, durable or about to be. */
  | { readonly type: 'heard'; readonly value: number }
  | { readonly type: 'delivered'; readonly id: number; readonly readings: number }
  | { readonly type: 'health'; readonly states: Readonly<Record<string, string>> }
  | { readonly type: 'report'; readonly sources: Readonly<Record<string, SourceReport>> };
