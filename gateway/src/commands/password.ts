/**
 * `sigill gateway password`
 * @module
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { parseGatewayConfig } from '../config.ts';
import { GatewayError } from '../errors.ts';
import { readGivenText } from '../read-given.ts';
import { makePassword } from '../status-page/password-file.ts';
import { toolCommand } from '../tools/tool-command.ts';

const help = `
Usage: npx sigill gateway password FILE

Makes a new password for this gateway's own page and shows it once; the one before it is void. Only
its hash is kept (status.passwordFile of gateway.yaml).
`;

export const gatewayPassword: Command = toolCommand({
  name: 'gateway password',
  summary: "make a new password for this gateway's own page",
  help,
  run,
});

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new GatewayError('USAGE', 'one FILE, such as gateway.yaml, is expected');
  }
  const { status } = parseGatewayConfig(readGivenText(resolve(file)), file);
  if (status === null) {
    throw new GatewayError(
      'CONFIG_INVALID',
      `${file} has no page: write status: { host: 0.0.0.0, port: 7447 } into it`,
    );
  }
  io.stdout.write(`${await makePassword(status.passwordFile)}\n`);
  io.stderr.write('This is shown once: write it down. The password before it is void.\n');
  return 0;
}
