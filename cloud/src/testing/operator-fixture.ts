/** For tests of the operator's commands: a cloud made with `cloud init`, and commands run as a person would. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { type RunningCloud, readCloudConfig, startCloud } from '../cloud.ts';
import { commands } from '../commands.ts';

export interface OperatorFixture {
  readonly directory: string;
  /** The cloud that was started; it is stopped when the fixture is disposed of. */
  readonly cloud: RunningCloud;
  at(...names: string[]): string;
  /** cloud.yaml */
  readonly file: string;
  run(name: string, ...args: string[]): Promise<{ code: number; out: string; err: string }>;
  /** With what a person types. */
  answer(typed: string, name: string, ...args: string[]): ReturnType<OperatorFixture['run']>;
  json(name: string, ...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
  /** @param change of cloud.yaml */
  start(change?: (text: string) => string): Promise<RunningCloud>;
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export const NAMED = [
  ...['--name', 'agency', '--origins', 'agency.example'],
  ...['--listen', '127.0.0.1:0'],
];

export async function createOperatorFixture(): Promise<OperatorFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-commands-'));
  const at = (...names: string[]) => join(directory, ...names);
  const file = at('cloud.yaml');
  let cloud: RunningCloud | null = null;

  const run = (name: string, ...args: string[]) => answer('', name, ...args);

  async function answer(typed: string, name: string, ...args: string[]) {
    const command = commands.find((one) => one.name === name);
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end(typed);
    const { signal } = new AbortController();
    const io = { stdin, stdout, stderr, env: {}, signal };
    const code = await (command?.run(args, io) ?? Promise.reject(new Error(name)));
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  }

  async function stop() {
    await cloud?.stop();
    cloud = null;
  }

  return {
    ...{ directory, file, at, run, answer, stop },
    get cloud() {
      if (cloud === null) throw new Error('start it first');
      return cloud;
    },
    json: async (name, ...args) => JSON.parse((await run(name, ...args)).out),
    async start(change = (text) => text) {
      await writeFile(file, change(await readFile(file, 'utf8')));
      cloud = await startCloud(await readCloudConfig(file), { logger: pino({ level: 'silent' }) });
      return cloud;
    },
    async dispose() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}
