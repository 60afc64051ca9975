/**
 * `sigill status`
 * @module
 */
import { parseArgs } from 'node:util';
import { askStatus } from '@sigill/edge';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { GatewayError } from '../../errors.ts';
import type { Running } from '../doctor/box.ts';
import { requireConfig } from '../doctor/read-box.ts';
import { toolCommand } from '../tool-command.ts';
import { describeStatus } from './describe-status.ts';

const help = `
Usage: npx sigill status [FILE] [--json]

What runs on this box: each source and when it was last read, what waits for its receipt, what the
cloud has, what the ledger holds.

  FILE      gateway.yaml or agent.yaml (default: here, then /etc/sigill)
  --json    everything, as JSON

Exit codes: 0 it runs, 1 nothing runs, 2 usage.
`;

export const statusCommand: Command = toolCommand({
  name: 'status',
  summary: 'what runs on this box, what it reads, what waits',
  help,
  run,
});

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { file, asJson } = readArguments(args);
  const config = requireConfig(file);
  const running = (await askStatus(config.data)) as Running | null;
  if (running === null) {
    if (asJson) io.stdout.write('null\n');
    else
      io.stderr.write(`nothing runs on ${config.data}; sigill doctor tells why and what to do\n`);
    return 1;
  }
  const text = asJson
    ? `${JSON.stringify(running, null, 2)}\n`
    : describeStatus(config, running, Date.now());
  io.stdout.write(text);
  return 0;
}

function readArguments(args: readonly string[]): { file: string | null; asJson: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    if (positionals.length > 1) throw new Error(`one file, not ${positionals.join(' and ')}`);
    return { file: positionals[0] ?? null, asJson: values.json ?? false };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}
