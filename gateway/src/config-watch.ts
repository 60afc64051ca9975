/**
 * gateway.yaml while the gateway runs: changed sources are taken up at once, anything else waits for a restart and is
 * told so. A file that cannot be read leaves everything as it is.
 * @module
 */
import { type ConfigWatch, type SourceConfig, watchConfig as watchFile } from '@sigill/edge';
import { utf8 } from '@sigill/evidence';
import { type GatewayConfig, parseGatewayConfig } from './config.ts';
import type { Tell } from './events.ts';
import type { Timers } from './timers.ts';

export interface ConfigWatchOptions {
  readonly file: string;
  /** What the file said when the gateway started, and what it meant. */
  readonly text: string;
  readonly config: GatewayConfig;
  readonly timers: Timers;
  readonly tell: Tell;
  readonly apply: (sources: readonly SourceConfig[]) => Promise<void>;
}

export function watchConfig(options: ConfigWatchOptions): ConfigWatch {
  const { file, config, timers, tell, apply } = options;
  let running = config;

  async function take(next: GatewayConfig): Promise<string | null> {
    const isTaken = isOther(running.sources, next.sources);
    if (isTaken) await apply(next.sources);
    const waiting = changedKeys(running, next);
    running = { ...running, sources: next.sources };
    if (waiting.length > 0) {
      const text = `${file}: ${waiting.join(', ')} changed and ${waiting.length === 1 ? 'counts' : 'count'} from the next start on; restart the gateway (sources alone are taken up while it runs)`;
      tell({ level: 'warning', what: 'config-restart', text });
    }
    const names = next.sources.map(({ name }) => name).join(', ') || 'none';
    return isTaken ? `the sources are taken up (${names})` : null;
  }

  return watchFile({
    ...{ file, timers, take },
    before: utf8(options.text),
    parse: (text) => parseGatewayConfig(text, file),
    log: {
      info: (_details, text) => tell({ level: 'info', what: 'config-sources', text }),
      warn: (_details, text) => tell({ level: 'warning', what: 'config-invalid', text }),
      error: (_details, text) => tell({ level: 'warning', what: 'config-invalid', text }),
    },
  });
}

function changedKeys(before: GatewayConfig, after: GatewayConfig): string[] {
  const keys = Object.keys(after) as (keyof GatewayConfig)[];
  return keys.filter((key) => key !== 'sources' && isOther(before[key], after[key]));
}

function isOther(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
