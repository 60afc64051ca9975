import type { ChainHead } from '@sigill/evidence';
import { type AgentState, streamKey, type UntoldGap } from './agent-state.ts';
import { createTwinState } from './cell-twin-state.ts';
import type { GatewayHead } from './gateway-head.ts';
import { AGENT_DRIVER, AGENT_SOURCE, type SourcePlan } from './sources/source-plan.ts';

/**
 * A journal older than what the gateway holds: a card restored from a backup, or a disk that lost what it had promised.
 * The numbers after the journal's end are taken, so the agent goes on after the gateway's head.
 */
export interface Rollback {
  /** The gateway's head. */
  readonly afterBatch: number;
  /** Readings that are never sent, because their numbers are taken. */
  readonly setAside: number;
  /** Where they are kept for people; null where there were none, or the disk refused. */
  readonly file: string | null;
}

export const ROLLED_BACK =
  "the journal was older than what the gateway holds of this agent: a card was restored, or its disk lost what it had promised. The agent goes on after the gateway's head; every stream tells the gap";

/**
 * The state in which an agent goes on after the gateway's head.
 * @param setAside readings by stream
 */
export function stateAfter(
  before: AgentState,
  { head, streams, beacon }: GatewayHead & { readonly head: ChainHead },
  setAside: ReadonlyMap<string, number>,
  isPromised: (source: string, device: string) => boolean,
  nowMs: number,
): AgentState {
  const after: AgentState = {
    agent: before.agent,
    nextSeq: head.nextSeq,
    openSeq: head.nextSeq,
    nextBatch: head.batch + 1,
    headHash: head.headerHash,
    boot: before.boot,
    beacon: beacon ?? before.beacon,
    log: null,
    logSince: 0,
    receiptedBefore: head.batch + 1,
    releasedBefore: head.batch + 1,
    plans: plansToTellAnew(before, new Set(streams.map(({ source }) => source))),
    streams: new Map(),
    untold: new Map(),
    // Which of them the gateway holds is not known; the gap in their stream tells that some may be missing.
    twins: createTwinState(),
  };
  for (const { source, device, nextN } of streams) {
    const key = streamKey(source, device);
    const lastTime = before.streams.get(key)?.lastTime ?? nowMs;
    after.streams.set(key, { source, device, nextN, lastTime });
  }
  for (const [key, { source, device }] of new Map([...before.streams, ...after.streams])) {
    const count = setAside.get(key) ?? null;
    if (count === null && !isPromised(source, device)) continue;
    const from = before.streams.get(key)?.lastTime ?? null;
    after.untold.set(key, { source, device, from, count } satisfies UntoldGap);
  }
  return after;
}

/**
 * Which plans the gateway saw last is not known. Each source that ever spoke counts as promised otherwise than by any
 * configuration: so those that are configured are told anew, and those that are not are told as retired.
 */
function plansToTellAnew(
  before: AgentState,
  sources: ReadonlySet<string>,
): Map<string, SourcePlan> {
  const names = new Set([...before.plans.keys(), ...sources]);
  names.delete(AGENT_SOURCE);
  return new Map([...names].map((name) => [name, { ...UNKNOWN_PLAN, name }]));
}

// No source is configured with the agent's own driver.
const UNKNOWN_PLAN: Omit<SourcePlan, 'name'> = {
  driver: AGENT_DRIVER,
  cadenceMs: null,
  heartbeatMs: 0,
  heartbeats: 'source',
  frames: 'hash',
};
