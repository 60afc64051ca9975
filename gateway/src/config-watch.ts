/**
 * gateway.yaml while the gateway runs: changed sources are taken up at once, anything else waits for a restart and is
 * told so. A file that cannot be read leaves everything as it is.
 * @module
 */
import { statSync } from 'node:fs';
import type { SourceConfig } from '@sigill/edge';
import { type GatewayConfig, parseGatewayConfig } from './config.ts';
import type { Tell } from './events.ts';
import { readGivenText } from './read-given.ts';
import type { Timers } from './timers.ts';

// Who saves the file looks for the effect at once.
const LOOK_MS = 1_000;

export function watchConfig(
  file: string,
  config: GatewayConfig,
  timers: Timers,
  tell: Tell,
  apply: (sources: readonly SourceConfig[]) => Promise<void>,
): { stop(): void } {
  let seen = stampOf(file);
  let running = config;
  let stopped = false;
  let cancel = timers.after(LOOK_MS, look);

  function look(): void {
    const stamp = stampOf(file);
    const changed = stamp !== seen;
    seen = stamp;
    void (changed ? take() : Promise.resolve()).finally(() => {
      if (!stopped) cancel = timers.after(LOOK_MS, look);
    });
  }

  async function take(): Promise<void> {
    try {
      const next = parseGatewayConfig(readGivenText(file), file);
      const waiting = changedKeys(running, next);
      if (isOther(running.sources, next.sources)) {
        await apply(next.sources);
        const text = `${file}: the sources are taken up (${next.sources.map(({ name }) => name).join(', ') || 'none'})`;
        tell({ level: 'info', what: 'config-sources', text });
      }
      running = { ...running, sources: next.sources };
      if (waiting.length === 0) return;
      const text = `${file}: ${waiting.join(', ')} changed and ${waiting.length === 1 ? 'counts' : 'count'} from the next start on; restart the gateway (sources alone are taken up while it runs)`;
      tell({ level: 'warning', what: 'config-restart', text });
    } catch (error) {
      const text = `${file} cannot be taken up, so everything runs on as it was: ${(error as Error).message}`;
      tell({ level: 'warning', what: 'config-invalid', text });
    }
  }

  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function changedKeys(before: GatewayConfig, after: GatewayConfig): string[] {
  const keys = Object.keys(after) as (keyof GatewayConfig)[];
  return keys.filter((key) => key !== 'sources' && isOther(before[key], after[key]));
}

function isOther(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

/** Null: no such file. An editor may replace the file, so the node number counts too. */
function stampOf(file: string): string | null {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return null;
  }
}
