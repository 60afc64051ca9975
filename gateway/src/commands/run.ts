/**
 * `sigill gateway run`
 * @module
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { RunningGateway } from '../run-gateway.ts';
import { exitCodeOf } from './exit-code.ts';
import { tellAsJson, tellPeople } from './tell.ts';

const help = `
Usage: npx sigill gateway run FILE [--json]

Runs the gateway that FILE (gateway.yaml) describes until Ctrl-C or SIGTERM. What it tells stands on
standard output, one sentence a line; lines with ! want somebody to come.

  --json    one JSON object a line instead
`;

export const gatewayRun: Command = {
  name: 'gateway run',
  summary: 'read, seal, log, anchor and send, as gateway.yaml says',
  help,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { file, asJson } = readArguments(args);
    const tell = asJson ? await tellAsJson(io) : tellPeople(io);
    const { runGateway } = await import('../run-gateway.ts');
    const gateway = await runGateway(file, tell);
    tellStart(gateway, tell);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    await gateway.stop();
    const text = 'stopped; the next start goes on from here';
    tell({ level: 'info', what: 'stopped', text });
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    const { code: name, message } = error as GatewayError;
    io.stderr.write(`sigill gateway run: ${name}: ${message}\n`);
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
    throw new GatewayError('USAGE', (error as Error).message);
  }
  throw new GatewayError('USAGE', 'one file is expected: sigill gateway run gateway.yaml');
}

function tellStart({ config, rpc, status }: RunningGateway, tell: Tell): void {
  const { origin, logSize } = status();
  const say = (what: string, text: string) => tell({ level: 'info', what, text });
  say(
    'started',
    `${config.name} runs as process ${process.pid}; the site log of ${origin} has ${logSize} entries`,
  );
  say(
    'cloud',
    config.cloud
      ? `batches go to ${config.cloud.url.origin}`
      : 'no cloud is configured: everything stays here',
  );
  say(
    'ledger',
    rpc === null ? 'not anchored: no ledger is configured' : `anchors go to the ledger at ${rpc}`,
  );
}
