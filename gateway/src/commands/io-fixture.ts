/**
 * A command's surroundings, with what it wrote.
 * @module
 */
import { PassThrough, Readable } from 'node:stream';
import type { Command, CommandIo } from '@sigill/firmware-bridge';

export interface FixtureIo extends CommandIo {
  readonly stdout: PassThrough;
  readonly stop: () => void;
  text(): { out: string; err: string };
}

export function createFixtureIo(): FixtureIo {
  const stop = new AbortController();
  const written = { out: '', err: '' };
  const collect = (name: 'out' | 'err') => {
    const stream = new PassThrough({ encoding: 'utf8' });
    return stream.on('data', (text: string) => {
      written[name] += text;
    });
  };
  return {
    stdin: Readable.from([]),
    stdout: collect('out'),
    stderr: collect('err'),
    env: {},
    signal: stop.signal,
    stop: () => stop.abort(),
    text: () => ({ ...written }),
  };
}

export async function runCommand(command: Command, ...args: string[]) {
  const io = createFixtureIo();
  const code = await command.run(args, io);
  return { code, ...io.text() };
}
