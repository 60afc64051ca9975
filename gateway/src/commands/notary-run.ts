/**
 * `sigill notary run`
 * @module
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import type { GatewayError } from '../errors.ts';
import { exitCodeOf } from './exit-code.ts';
import { usage } from './init-arguments.ts';
import { tellAsJson, tellPeople } from './tell.ts';

const help = `
Usage: npx sigill notary run FILE [--json]

Runs the notary that FILE (notary.yaml) describes until Ctrl-C or SIGTERM: at each interval it asks the
cloud what changed, checks it all itself, and anchors one roll-call of every gateway on the ledger. What
it tells stands on standard output, one sentence a line; lines with ! want somebody to come.

  --json    one JSON object a line instead

Exit: 0 stopped as told, 2 usage, 3 something it needs is missing or in use.
`;

export const notaryRun: Command = {
  name: 'notary run',
  summary: 'anchor every gateway of an operator, as notary.yaml says',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { file, asJson } = readArguments(args);
    const tell = asJson ? await tellAsJson(io) : tellPeople(io);
    const { runNotary } = await import('../notary-service/run-notary.ts');
    const notary = await runNotary(file, tell);
    const { slots, given } = notary.status();
    const text = `the notary runs as process ${process.pid}: ${given} anchors so far, the last of ${slots} slots; they go to the ledger at ${notary.rpc}`;
    tell({ level: 'info', what: 'started', text });
    if (!io.signal.aborted) await once(io.signal, 'abort');
    await notary.stop();
    tell({ level: 'info', what: 'stopped', text: 'stopped; the next start goes on from here' });
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill notary run: ${name}: ${message}\n`);
    return code;
  }
}

function readArguments(args: readonly string[]): { file: string; asJson: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0) return { file, asJson: values.json ?? false };
  } catch (error) {
    throw usage((error as Error).message);
  }
  throw usage('one file is expected: sigill notary run notary.yaml');
}
