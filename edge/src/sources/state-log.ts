/**
 * Changes of a source's state for whoever reads the log: each once, and what comes and goes not more often
 * than each minute.
 * @module
 */
import type { Log } from '../log.ts';
import type { SourceConfig } from './config.ts';
import type { Judgement, SourceCode } from './source-judgement.ts';

/** Who else has a port open, in words. */
export type FindUsers = (path: string) => Promise<readonly string[]>;

export interface StateLog {
  /** To be called often: what was held back is told later, where it lasts. */
  note(judgement: Judgement, atMs: number): void;
}

const AGAIN_MS = 60_000;

export function createStateLog(
  { name, transport }: Pick<SourceConfig, 'name' | 'transport'>,
  log: Log,
  findUsers?: FindUsers,
): StateLog {
  const toldMs = new Map<SourceCode | null, number>();
  let told: SourceCode | null = null;

  /** A port's bytes go to one reader each: a program that was left running takes them away. */
  async function findWhoTakes(): Promise<void> {
    if (transport.kind !== 'serial' || findUsers === undefined) return;
    const { path } = transport;
    const users = await findUsers(path);
    if (users.length === 0 || told !== 'SOURCE_SILENT') return;
    const text = `${name}: ${path} is also open in ${users.join(', ')}, which takes its bytes: stop it`;
    log.warn({ source: name }, text);
  }

  return {
    note({ state, code, reason }, atMs) {
      if (code === told) return;
      if (atMs - (toldMs.get(code) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
      toldMs.set(code, atMs);
      told = code;
      if (code === null) log.info({ source: name, state }, `${name}: ${state} again`);
      else log.warn({ source: name, state, code }, `${name}: ${reason}`);
      if (code === 'SOURCE_SILENT') void findWhoTakes();
    },
  };
}
