/**
 * agent.yaml while the agent runs: changed sources are taken up at once, anything else waits for a restart and is told so.
 * @module
 */
import type { Log } from '../log.ts';
import type { SourceConfig } from '../sources/config.ts';
import { type ConfigWatch, watchConfig } from '../sources/config-watch.ts';
import type { Timers } from '../timers.ts';
import { type AgentConfig, parseAgentConfig } from './agent-config.ts';

export function watchAgentConfig(parts: {
  readonly file: string;
  readonly before: Uint8Array;
  readonly config: AgentConfig;
  readonly apply: (sources: readonly SourceConfig[]) => Promise<void>;
  readonly timers: Timers;
  readonly log: Log;
}): ConfigWatch {
  const { file, before, timers, log } = parts;
  let inForce = parts.config;

  async function take(next: AgentConfig): Promise<string | null> {
    const isTaken = isOther(inForce.sources, next.sources);
    if (isTaken) await parts.apply(next.sources);
    inForce = { ...inForce, sources: next.sources };
    const waiting = (Object.keys(next) as (keyof AgentConfig)[]).filter((key) =>
      isOther(inForce[key], next[key]),
    );
    if (waiting.length > 0) {
      const keys = waiting.map((key) => (key === 'standing' ? 'origin or gateway' : key));
      log.warn(
        { file },
        `${file}: what changed in ${keys.join(', ')} counts from the next start on; restart the agent (sources alone are taken up while it runs)`,
      );
    }
    const names = next.sources.map(({ name }) => name).join(', ') || 'none';
    return isTaken ? `the sources are taken up (${names})` : null;
  }

  return watchConfig({
    ...{ file, before, take, timers, log },
    parse: (text) => parseAgentConfig(text, file),
  });
}

function isOther(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
