/**
 * What the page shows, taken from the gateway's status: one verdict, then what it rests on.
 * @module
 */
import type { ToldReading } from '@sigill/edge';
import type { ToldStatus } from '../status.ts';

export type Mood = 'well' | 'waits' | 'needs';

export interface View {
  readonly name: string;
  readonly now: number;
  readonly status: ToldStatus;
  /** The newest first. */
  readonly readings: readonly ToldReading[];
  readonly mood: Mood;
  readonly path: readonly PathStep[];
}

/** How far readings have come, in batches. Anchors are counted by themselves: each covers the log as it was. */
export interface PathStep {
  readonly step: 'sealed' | 'logged' | 'atCloud' | 'witnessed';
  readonly batches: number;
}

// An alarm that nothing repeated for so long is over; the log keeps it.
const ALARM_FRESH_MS = 3_600_000;
const SOURCE_NEEDS = new Set(['silent', 'babbling', 'refused']);

export function toView(
  name: string,
  status: ToldStatus,
  readings: readonly ToldReading[],
  now: number,
): View {
  const fresh = status.alarms.filter(({ lastAt }) => now - lastAt < ALARM_FRESH_MS);
  const shown = { ...status, alarms: fresh };
  return { name, now, status: shown, readings, mood: moodOf(shown), path: pathOf(status) };
}

function moodOf(status: ToldStatus): Mood {
  const { alarms, closedFor, nextLog, quarantined, agent, sources, cloud } = status;
  const needs =
    alarms.length > 0 ||
    closedFor !== null ||
    nextLog !== null ||
    quarantined.length > 0 ||
    agent.state !== 'running' ||
    agent.full ||
    sources.some(({ state }) => SOURCE_NEEDS.has(state));
  if (needs) return 'needs';
  const away = cloud !== 'none' && !cloud.reachable;
  return away || sources.some(({ state }) => state === 'waiting') ? 'waits' : 'well';
}

function pathOf({ agent, logSize, cloud }: ToldStatus): PathStep[] {
  const steps: PathStep[] = [
    { step: 'sealed', batches: Math.max(agent.position?.sealedBefore ?? 0, logSize) },
    { step: 'logged', batches: logSize },
  ];
  if (cloud !== 'none') {
    steps.push({ step: 'atCloud', batches: cloud.receipted });
    steps.push({ step: 'witnessed', batches: cloud.cosigned });
  }
  return steps;
}
