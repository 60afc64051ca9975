/**
 * How soon an agent reads again after its process was killed, with a long queue on its disk: nothing of it was sent, and
 * its last batch was open. From the start of the process to the first new reading on the disk.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NODE } from '../testing/sigill-process.ts';

export interface RestartCase {
  readonly title: string;
  readonly bytes: number;
  readonly devices: number;
}

export interface RestartReport {
  /** Since the process began. */
  readonly durableMs: number;
  /** When the code was loaded. */
  readonly loadedMs: number;
  /** To open the journal and say what must be said. */
  readonly openMs: number;
  readonly heldBytes: number;
  readonly nextSeq: number;
  readonly batches: number;
  readonly rss: number;
  /** Of the processor, until then. */
  readonly processorMs: number;
}

const GIGABYTE = 1e9;
export const RESTART_CASES: readonly RestartCase[] = [
  { title: '1 GB of one meter', bytes: GIGABYTE, devices: 1 },
  { title: '1 GB of 20,000 meters', bytes: GIGABYTE, devices: 20_000 },
];

const AGENT = join(import.meta.dirname, 'restart-agent.ts');

/** Fills a journal, kills the agent in the middle of writing, and starts it on what is left, `runs` times. */
export async function benchRestart(given: RestartCase, runs: number): Promise<RestartReport[]> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-restart-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  const common = ['--directory', directory, '--key', key, '--devices', String(given.devices)];
  try {
    const filling = run([...common, '--bytes', String(given.bytes)]);
    await line(filling);
    filling.kill('SIGKILL');
    await once(filling, 'exit');
    const reports: RestartReport[] = [];
    for (let made = 0; made < runs; made += 1) {
      const again = run(common);
      const exited = once(again, 'exit');
      reports.push(await line<RestartReport>(again));
      await exited;
    }
    return reports;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function run(args: readonly string[]): ChildProcess {
  return spawn(NODE, [AGENT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function line<T>(child: ChildProcess): Promise<T> {
  for await (const text of createInterface({ input: child.stdout! })) return JSON.parse(text);
  throw new Error('the agent ended without a word');
}
