/**
 * `sigill` as a person runs it: in a process of its own, its words kept, stopped by its own id.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const SIGILL = join(import.meta.dirname, '../../sigill.ts');
// Node 24 from the lockfile, whatever Node runs the tests.
export const NODE = process.execPath;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function runSigill(args: readonly string[], cwd?: string): Promise<Finished> {
  const running = startSigill(args, cwd);
  return running.ended;
}

export interface RunningSigill {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** What it has said so far, both streams. */
  said(): string;
  stop(): Promise<Finished>;
}

/** @param detached in a process group of its own, so that a test can kill all of it at once */
export function startSigill(
  args: readonly string[],
  cwd: string = process.cwd(),
  detached = false,
): RunningSigill {
  const child = spawn(NODE, [SIGILL, ...args], {
    cwd,
    detached,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, SIGILL_STOP_WITH_STDIN: '1' },
  });
  const said = { stdout: '', stderr: '', both: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      said.both += text;
    });
  }
  child.stdin?.on('error', () => {});
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: said.stdout, stderr: said.stderr }));
  });
  return {
    child,
    ended,
    said: () => said.both,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
}
