/**
 * The demonstration in a process group of its own, every process of it marked, so that a test can
 * kill all of them at once and see that none is left.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { NODE, SIGILL } from './sigill-process.ts';

export interface DemoOptions {
  readonly data: string;
  readonly port: number;
  readonly ledgerPort: number;
}

export interface RunningDemo {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
  /** To every process of the group, as a terminal or a power cut would. */
  signalAll(signal: NodeJS.Signals): void;
  /** Ids of its processes that still run, wherever they moved to. */
  left(): number[];
}

const MARK = 'SIGILL_TEST_RUN';

export function startDemo({ data, port, ledgerPort }: DemoOptions): RunningDemo {
  const mark = randomUUID();
  const child = spawn(
    NODE,
    [SIGILL, 'demo', '--data', data, '--port', `${port}`, '--ledger-port', `${ledgerPort}`],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, [MARK]: mark } },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    child,
    ended,
    said: () => said,
    signalAll: (signal) => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
    left: () => processesMarked(`${MARK}=${mark}`),
  };
}

function processesMarked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}
