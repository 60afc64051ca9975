/**
 * `sigill agent run`
 * @module
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { toHex } from '@sigill/evidence';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { logAsJson, logForPeople } from '../process/tell.ts';
import { tellFailure, USAGE } from './exit-code.ts';

const help = `
Usage: npx sigill agent run FILE [--json]

Runs the agent that FILE (agent.yaml) describes until Ctrl-C or SIGTERM: reads its sources, seals what
they say, and sends it to its gateway. While the gateway is away everything stays on this box. Edits of
the sources in FILE are taken up while it runs.

What it tells stands on standard output, one sentence a line; lines with ! want somebody to come.

  --json    one JSON object a line instead
`;

export const agentRun: Command = {
  name: 'agent run',
  summary: 'read, seal, keep and send, as agent.yaml says',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readArguments(args);
  if (typeof given === 'string') {
    io.stderr.write(`sigill agent run: ${given}\n`);
    return USAGE;
  }
  try {
    const log = given.asJson ? await logAsJson(io) : logForPeople(io);
    const { runAgent } = await import('../process/run-agent.ts');
    const agent = await runAgent(given.file, log, io.signal);
    const { name, standing } = agent.config;
    log.info(
      { agent: toHex(agent.id), pid: process.pid },
      `${name} runs as process ${process.pid} and sends to ${standing?.gateway.url}`,
    );
    const stopped = io.signal.aborted ? null : once(io.signal, 'abort').then(() => null);
    const failure = await Promise.race([stopped, agent.failed.then((error) => ({ error }))]);
    await agent.stop();
    if (failure !== null) throw failure.error;
    log.info({}, 'stopped; the next start goes on from here');
    return 0;
  } catch (error) {
    if (io.signal.aborted) return 0; // stopped before it had begun
    return tellFailure('agent run', error, io);
  }
}

function readArguments(args: readonly string[]): { file: string; asJson: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0) return { file, asJson: values.json ?? false };
  } catch (error) {
    return (error as Error).message;
  }
  return 'one file is expected: sigill agent run agent.yaml';
}
