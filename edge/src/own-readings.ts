import type { Field } from '@sigill/evidence';
import {
  type AgentKind,
  bootFields,
  type Gap,
  type GapCause,
  gapFields,
  heartbeatFields,
  planFields,
} from './agent-kinds.ts';
import type { AgentRun, Written } from './agent-run.ts';
import { type AgentState, type StreamState, streamKey } from './agent-state.ts';
import { isPromised } from './heartbeats.ts';
import { AGENT_DRIVER, AGENT_SOURCE, isSamePlan, type SourcePlan } from './sources/source-plan.ts';

/** What an agent says by itself. Each function writes at once; the caller minds what becomes of it. */

export interface Identity {
  readonly boot: Uint8Array;
  readonly software: string;
  readonly configuration: Uint8Array;
}

export function writeBoot(run: AgentRun, identity: Identity): Written {
  const { nextBatch, headHash } = run.state;
  const head = nextBatch === 0 ? null : { batch: nextBatch - 1, hash: headHash };
  const { boot: id, software, configuration } = identity;
  return write(run, AGENT_SOURCE, '', 'boot', bootFields({ id, software, configuration, head }));
}

/** One `plan` for each source whose promise is not the one sealed last, and one for each that is gone. */
export function writePlans(run: AgentRun, plans: readonly SourcePlan[]): Written[] {
  const sealed = new Map(run.state.plans);
  const changed = plans.filter((plan) => {
    const before = sealed.get(plan.name);
    return before === undefined || !isSamePlan(before, plan);
  });
  const kept = new Set(plans.map((plan) => plan.name));
  const retired = [...sealed.values()].filter((plan) => !kept.has(plan.name));
  return [
    ...changed.map((plan) => writePlan(run, plan, 'active')),
    ...retired.map((plan) => writePlan(run, plan, 'retired')),
  ];
}

function writePlan(run: AgentRun, plan: SourcePlan, state: 'active' | 'retired'): Written {
  return write(run, AGENT_SOURCE, '', 'plan', planFields(plan, state));
}

export function writeGap(run: AgentRun, source: string, device: string, gap: Gap): Written {
  return write(run, source, device, 'gap', gapFields(gap));
}

export function writeHeartbeat(
  run: AgentRun,
  source: string,
  device: string,
  transport: string | null,
): Written {
  return write(run, source, device, 'heartbeat', heartbeatFields(transport));
}

/** The streams that owe a heartbeat, with what is known of them; a gap in anything is told in these. */
export function promisedStreams(
  state: AgentState,
  plans: ReadonlyMap<string, SourcePlan>,
): StreamState[] {
  return [...state.streams.values()].filter(({ source, device }) =>
    isPromised(plans, source, device),
  );
}

/** Nothing was heard between the last reading of each promised stream and now. */
export function gapsUntil(
  streams: readonly StreamState[],
  nowMs: number,
  cause: GapCause,
  counts: ReadonlyMap<string, number> | null,
): { source: string; device: string; gap: Gap }[] {
  return streams.map(({ source, device, lastTime }) => {
    const count = counts === null ? null : (counts.get(streamKey(source, device)) ?? 0);
    return { source, device, gap: { from: lastTime, to: nowMs, count, cause } };
  });
}

function write(
  run: AgentRun,
  source: string,
  device: string,
  kind: AgentKind,
  fields: readonly Field[],
): Written {
  const statement = {
    source,
    device,
    kind,
    driver: AGENT_DRIVER,
    deviceTime: null,
    frameHash: null,
    fields,
  };
  return run.write(statement, null);
}
