/**
 * The agent of the campaign as its parent has it.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromAgent, SourceReport, ToAgent, UnplugPlace } from './unplug-messages.ts';

export interface RunningAgent {
  readonly pid: number;
  readonly ready: Promise<void>;
  hasEnded(): boolean;
  health(): Promise<Readonly<Record<string, string>>>;
  report(): Promise<Readonly<Record<string, SourceReport>>>;
  deliver(payload: Uint8Array): Promise<void>;
  /** When the next reading of the plug beyond this number came. */
  hears(beyond: number, withinMs: number): Promise<number>;
  stop(): Promise<void>;
}

export function startAgent(directory: string, place: UnplugPlace): RunningAgent {
  const child: ChildProcess = fork(
    new URL('./unplug-agent.ts', import.meta.url),
    [directory, JSON.stringify(place)],
    { serialization: 'advanced', execArgv: [] },
  );
  const waiting = new Map<string, ((message: FromAgent) => void)[]>();
  const delivered = new Map<number, () => void>();
  const ended = Promise.withResolvers<void>();
  let isOver = false;
  let lastId = 0;
  child.on('exit', () => {
    isOver = true;
    ended.resolve();
  });
  child.on('message', (message: FromAgent) => {
    if (message.type === 'delivered') {
      delivered.get(message.id)?.();
      delivered.delete(message.id);
      return;
    }
    for (const resolve of waiting.get(message.type)?.splice(0) ?? []) resolve(message);
  });

  function next<Type extends FromAgent['type']>(type: Type, withinMs: number) {
    const message = new Promise<Extract<FromAgent, { type: Type }>>((resolve) => {
      const list = waiting.get(type) ?? [];
      waiting.set(type, [...list, resolve as (message: FromAgent) => void]);
    });
    const late = sleep(withinMs, null, { ref: false }).then(() => {
      throw new Error(`the agent said no ${type} in ${withinMs} ms`);
    });
    return Promise.race([message, late]);
  }
  const ask = (message: ToAgent) => void child.send(message);

  return {
    pid: child.pid!,
    ready: next('ready', 30_000).then(() => undefined),
    hasEnded: () => isOver,
    async health() {
      ask({ type: 'health' });
      return (await next('health', 10_000)).states;
    },
    async report() {
      ask({ type: 'report' });
      return (await next('report', 120_000)).sources;
    },
    deliver(payload) {
      const id = ++lastId;
      return new Promise((resolve) => {
        delivered.set(id, resolve);
        ask({ type: 'deliver', id, payload });
      });
    },
    async hears(beyond, withinMs) {
      while ((await next('heard', withinMs)).value <= beyond);
      return performance.now();
    },
    async stop() {
      child.kill();
      await ended.promise;
    },
  };
}
