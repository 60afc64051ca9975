/**
 * One part of the demonstration in a process of its own. It holds our end of its standard input:
 * when we die, however we die, the pipe closes and it stops too.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

export interface Part {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stop(): Promise<void>;
}

export const COMMAND = join(import.meta.dirname, '../sigill.mjs');
// A gateway closes its batch, log and ledger in well under a second; a busy machine gets ten.
const STOP_TIMEOUT_MS = 10_000;
const LAST_LINES = 12;
// A line or two a second: a few days' worth, and as much again in the file before.
const MAX_LOG_BYTES = 16 * 1024 * 1024;
const LOG_CHECK_MS = 60_000;

export function startPart(name: string, args: readonly string[], logFile: string): Part {
  closeSync(openSync(logFile, 'w', 0o600));
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['pipe', log, log],
    env: { ...process.env, SIGILL_STOP_WITH_STDIN: '1' },
  });
  closeSync(log);
  const logTimer = setInterval(() => boundLog(logFile), LOG_CHECK_MS);
  child.stdin?.on('error', () => {}); // it may be gone before we are
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  ended.then(() => clearInterval(logTimer));
  return { name, logFile, ended, stop: () => stopChild(child, ended) };
}

/** The end of a part's log, for a person who wants to know why it stopped. */
export function lastWords({ logFile }: Part): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines
    .slice(-LAST_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** The process appends, so it goes on at the start of a file that was emptied under it. */
function boundLog(logFile: string): void {
  if (statSync(logFile).size < MAX_LOG_BYTES) return;
  copyFileSync(logFile, `${logFile}.1`);
  truncateSync(logFile);
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
