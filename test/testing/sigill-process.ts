/**
 * `sigill` as a person runs it: in a process of its own, its words kept, stopped by its own id.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const SIGILL = join(import.meta.dirname, '../../sigill.mjs');
// Node 24 from the lockfile, whatever Node runs the tests.
export const NODE = process.execPath;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function runSigill(args: readonly string[], cwd?: string): Promise<Finished> {
  return startSigill(args, cwd === undefined ? {} : { cwd }).ended;
}

export interface RunningSigill {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** What it has said so far, both streams. */
  said(): string;
  stop(): Promise<Finished>;
}

export interface StartOptions {
  readonly cwd?: string;
  /** For node itself. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function startSigill(
  args: readonly string[],
  { cwd = process.cwd(), flags = [], env = {} }: StartOptions = {},
): RunningSigill {
  const child = spawn(NODE, [...flags, SIGILL, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, SIGILL_STOP_WITH_STDIN: '1' },
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
