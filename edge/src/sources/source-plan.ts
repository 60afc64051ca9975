import { type Driver, formatDriverName } from '@sigill/firmware-bridge';
import type { Sensitivity } from './sensitivity.ts';

/** What is promised of a source, sealed as a `plan` reading: by it a verifier knows which silence is a fault. */
export interface SourcePlan {
  readonly name: string;
  readonly driver: string;
  /** How often a device here speaks; null where it speaks when something happens. */
  readonly cadenceMs: number | null;
  /** The longest a promised stream stays without a reading or heartbeat. */
  readonly heartbeatMs: number;
  /**
   * `device`: every stream of the source keeps the promise. `source`: only the source's own stream (device ''), for
   * sources where devices come and go, such as tags at a gate.
   */
  readonly heartbeats: 'device' | 'source';
  readonly frames: 'keep' | 'hash';
  /** Its positions have coarse twins that may be shown to anyone; the exact ones may not. */
  readonly sensitive?: Sensitivity | null;
}

/** The source of readings about the agent itself, and the driver of every reading an agent makes by itself. */
export const AGENT_SOURCE = '~agent';
export const AGENT_DRIVER = 'sigill';

const DEFAULT_HEARTBEAT_MS = 300_000;

/** The agent promises of itself what it promises of its sources. */
export function agentPlan(heartbeatMs = DEFAULT_HEARTBEAT_MS): SourcePlan {
  return {
    name: AGENT_SOURCE,
    driver: AGENT_DRIVER,
    cadenceMs: null,
    heartbeatMs,
    heartbeats: 'source',
    frames: 'hash',
  };
}

const CELL = '~cell';

/** The streams of a sensitive source's twins. */
export function cellSourceOf(source: string): string {
  return `${source}${CELL}`;
}

export function isCellSource(source: string): boolean {
  return source.endsWith(CELL);
}

export function exactSourceOf(cellSource: string): string {
  return cellSource.slice(0, -CELL.length);
}

/** Twins come when a period ends; so does a heartbeat in each stream where none came. Two periods leave room for an hour of delay. */
export function cellPlan({ name, heartbeatMs, heartbeats, sensitive }: SourcePlan): SourcePlan[] {
  if (!sensitive) return [];
  const longestMs = Math.max(2 * sensitive.periodMs, heartbeatMs);
  const plan = { name: cellSourceOf(name), driver: AGENT_DRIVER, cadenceMs: null, heartbeats };
  return [{ ...plan, heartbeatMs: longestMs, frames: 'hash' }];
}

export function isSamePlan(left: SourcePlan, right: SourcePlan): boolean {
  return (
    left.name === right.name &&
    left.driver === right.driver &&
    left.cadenceMs === right.cadenceMs &&
    left.heartbeatMs === right.heartbeatMs &&
    left.heartbeats === right.heartbeats &&
    left.frames === right.frames &&
    left.sensitive?.cell === right.sensitive?.cell &&
    left.sensitive?.periodMs === right.sensitive?.periodMs
  );
}

/** How readings of this source name their driver: with the options it was given, so that anyone can decode again. */
export function toSourcePlan(
  { name, cadenceMs, heartbeatMs, heartbeats, frames, sensitive }: Omit<SourcePlan, 'driver'>,
  driver: Driver,
  options: Readonly<Record<string, string>>,
): SourcePlan {
  const named = formatDriverName(driver, options);
  const plan = { name, driver: named, cadenceMs, heartbeatMs, heartbeats, frames };
  return sensitive ? { ...plan, sensitive } : plan;
}
