import type { Agent } from '../agent.ts';
import type { AgentStatus } from '../agent-status.ts';
import type { AgentLink, LinkStatus } from '../link/agent-link.ts';
import type { SourceSet } from '../sources/source-set.ts';
import type { SourceHealth } from '../sources/source-supervisor.ts';
import type { Timers } from '../timers.ts';
import type { MqttUplink } from '../uplink/mqtt.ts';

/** What an agent on a box of its own says of itself: to the tools on its box, and to its gateway. */
export interface AgentReport {
  readonly kind: 'agent';
  readonly name: string;
  readonly origin: string;
  readonly software: string;
  /** Null while it begins. */
  readonly agent: Omit<AgentStatus, 'lastRejected'> | null;
  readonly uplink: ReturnType<MqttUplink['status']> | null;
  readonly link: LinkStatus;
  readonly sources: readonly SourceHealth[];
}

export function reportOf(
  name: string,
  origin: string,
  software: string,
  life: { readonly agent: Agent; readonly uplink: MqttUplink; readonly sources: SourceSet } | null,
  link: LinkStatus,
): AgentReport {
  const about = { kind: 'agent', name, origin, software, link } as const;
  if (life === null) return { ...about, agent: null, uplink: null, sources: [] };
  // Frames of devices stay on the box.
  const { lastRejected: _, ...agent } = life.agent.status();
  return { ...about, agent, uplink: life.uplink.status(), sources: life.sources.health() };
}

// A look costs nothing; a message costs a few hundred bytes of somebody's data plan.
const LOOK_MS = 5_000;
const LEAST_MS = 30_000;
const MOST_MS = 300_000;
const MAX_JSON = 60_000;

/** Tells the gateway how the box is: what changes, at most each 30 seconds, and each 5 minutes what does not. */
export function startReporting(parts: {
  readonly link: Pick<AgentLink, 'send' | 'status'>;
  readonly status: () => AgentReport;
  readonly timers: Timers;
}): { stop(): void } {
  const { link, status, timers } = parts;
  let sinceMs = MOST_MS;
  let told = '';
  let cancel = timers.after(LOOK_MS, look);

  function look(): void {
    cancel = timers.after(LOOK_MS, look);
    sinceMs += LOOK_MS;
    if (link.status().state !== 'open' || sinceMs < LEAST_MS) return;
    const report = status();
    const state = JSON.stringify(stateOf(report));
    if (state === told && sinceMs < MOST_MS) return;
    const json = JSON.stringify(report);
    link.send({
      type: 'status',
      // Hundreds of sources: which are not well is what counts.
      json: json.length <= MAX_JSON ? json : JSON.stringify({ ...report, sources: [] }),
    });
    told = state;
    sinceMs = 0;
  }

  return { stop: () => cancel() };
}

/** What is a change: not the counts, which always do. */
function stateOf({ agent, uplink, sources }: AgentReport) {
  return [
    ...[agent?.state, agent?.reason, agent?.held, agent?.full, agent?.rollback, uplink?.state],
    uplink?.reason,
    sources.map(({ source, state, reason }) => [source, state, reason]),
  ];
}
