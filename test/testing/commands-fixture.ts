/**
 * `sigill` commands run in this process, as a person would type them: quicker than processes, and on the clock
 * of the test.
 * @module
 */
import { PassThrough, Readable } from 'node:stream';
import { commands as cloudCommands } from '@sigill/cloud/commands';
import { commands as agentCommands } from '@sigill/edge/commands';
import type { Command } from '@sigill/firmware-bridge';
import { commands as gatewayCommands } from '@sigill/gateway/commands';

export interface TypedCommand {
  readonly ended: Promise<{ code: number; out: string; err: string }>;
  said(): string;
  stop(): void;
}

const COMMANDS: readonly Command[] = [...agentCommands, ...gatewayCommands, ...cloudCommands];

export function type(...words: string[]): TypedCommand {
  const command = COMMANDS.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `));
  if (command === undefined) throw new Error(`there is no command ${words.join(' ')}`);
  const stop = new AbortController();
  const written = { out: '', err: '' };
  const collect = (stream: 'out' | 'err') =>
    new PassThrough({ encoding: 'utf8' }).on('data', (text: string) => {
      written[stream] += text;
    });
  const io = {
    ...{ stdin: Readable.from([]), stdout: collect('out'), stderr: collect('err') },
    ...{ env: {}, signal: stop.signal },
  };
  const ended = command
    .run(words.slice(command.name.split(' ').length), io)
    .then((code) => ({ code, ...written }));
  return { ended, said: () => written.out + written.err, stop: () => stop.abort() };
}

/** What it said, once it is done. */
export async function done(...words: string[]): Promise<string> {
  const { code, out, err } = await type(...words).ended;
  if (code !== 0) throw new Error(`sigill ${words.join(' ')}: exit ${code}: ${err}`);
  return out;
}
