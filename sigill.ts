/**
 * The `sigill` command. Each package exports its commands; the one chosen is loaded.
 * Exit codes: 0 done, 1 the answer is no, 2 usage, 3 environment.
 * @module
 */
import type { Command } from '@sigill/firmware-bridge';

interface Room {
  /** The first words of its commands: only the room that is asked for is loaded. */
  readonly words: readonly string[];
  load(): Promise<{ readonly commands: readonly Command[] }>;
}

/** Where commands live, in the order in which help tells them. */
const ROOMS: readonly Room[] = [
  { words: ['demo'], load: () => import('./demo/commands.ts') },
  {
    words: ['drivers', 'decode', 'simulate', 'tag'],
    load: () => import('@sigill/firmware-bridge/commands'),
  },
  {
    words: ['gateway', 'notary', 'ports', 'doctor', 'status', 'tail', 'support', 'install'],
    load: () => import('@sigill/gateway/commands'),
  },
  { words: ['agent'], load: () => import('@sigill/edge/commands') },
  {
    words: ['cloud', 'register', 'witness', 'prove', 'verify'],
    load: () => import('@sigill/cloud/commands'),
  },
];

const USAGE = 2;
const ENVIRONMENT = 3;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const asked = ROOMS.filter((room) => room.words.includes(words[0] ?? ''));
  const rooms = await Promise.all((asked.length > 0 ? asked : ROOMS).map((room) => room.load()));
  const commands = rooms.flatMap((room) => room.commands);
  const command = commands
    .filter(({ name }) => name.split(' ').every((word, index) => word === words[index]))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (command === undefined) return tellUsage(words, commands);
  const args = words.slice(command.name.split(' ').length);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.help.trim()}\n`);
    return 0;
  }
  return run(command, args);
}

async function run(command: Command, args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  // A terminal that closes ends what runs in it; to a service the same signal says: read the configuration again.
  const endings = process.stdout.isTTY
    ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    : (['SIGINT', 'SIGTERM'] as const);
  for (const signal of endings) process.once(signal, () => stop.abort());
  // A parent that starts us as a part of something larger holds our standard input open: when it
  // dies, however it dies, the pipe closes and we stop with it.
  if (process.env.SIGILL_STOP_WITH_STDIN === '1') {
    process.stdin.on('end', () => stop.abort()).on('error', () => stop.abort());
    process.stdin.resume();
  }
  process.stdout.on('error', endQuietlyOnClosedPipe);
  process.stderr.on('error', endQuietlyOnClosedPipe);
  try {
    return await command.run(args, {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      signal: stop.signal,
    });
  } catch (error) {
    process.stderr.write(`sigill ${command.name}: ${describe(error)}\n`);
    return ENVIRONMENT;
  } finally {
    if (process.env.SIGILL_STOP_WITH_STDIN === '1') process.stdin.destroy();
  }
}

function tellUsage(words: readonly string[], commands: readonly Command[]): number {
  const asked = words.length === 0 || ['--help', '-h', 'help'].includes(words[0] ?? '');
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  const head = asked ? '' : `sigill: unknown command: ${words.join(' ')}\n\n`;
  const text = `${head}Usage: npx sigill COMMAND [--help]\n\n${lines.join('\n')}\n`;
  (asked ? process.stdout : process.stderr).write(text);
  return asked ? 0 : USAGE;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  const text = process.env.SIGILL_DEBUG === '1' ? (error.stack ?? error.message) : error.message;
  return text.startsWith(code) ? text : code + text;
}

/** `sigill drivers | head` closes our output early: that is no fault. */
function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
