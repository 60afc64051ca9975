/** The `sigill` commands of this package; what they need is loaded when they run. */
import type { Command, CommandIo } from './command.ts';
import { cloudApprove } from './commands/approve.ts';
import { cloudBring } from './commands/bring.ts';
import { cloudErase } from './commands/erase.ts';
import { cloudInit } from './commands/init.ts';
import { cloudInvite } from './commands/invite.ts';
import { cloudOperatorLink } from './commands/operator-link.ts';
import { witnessProveFork } from './commands/prove-fork.ts';
import { cloudRebuild } from './commands/rebuild.ts';
import { registerSign } from './commands/register-sign.ts';
import { registerSucceed } from './commands/register-succeed.ts';
import { cloudRevoke } from './commands/revoke.ts';
import { untilStopped } from './commands/until-stopped.ts';
import { witnessInit, witnessRun } from './commands/witness.ts';
import { proveCommand } from './proofs/prove-command.ts';
import { verifyCommand } from './proofs/verify-command.ts';

const USAGE = 2;

const runCommand: Command = {
  name: 'cloud run',
  summary: 'take in, store, witness and serve what gateways send',
  help: `
Usage: npx sigill cloud run FILE

Runs the cloud that cloud.yaml describes until it is told to stop. Its first line on standard output is the
address where it answers; its log goes to standard error.

This release knows no users: whoever reaches the address reads everything. It listens on this machine only
unless told otherwise; put access control of your own in front of anything wider.

Exit: 0 stopped as told, 2 usage, 3 something it needs is missing or in use.
`,
  run: runCloud,
};

export const commands: readonly Command[] = [
  ...[cloudInit, runCommand, cloudInvite, cloudApprove, cloudRevoke, cloudOperatorLink],
  ...[cloudErase, cloudBring, cloudRebuild],
  ...[registerSign, registerSucceed],
  ...[witnessInit, witnessRun, witnessProveFork],
  ...[proveCommand, verifyCommand],
];

async function runCloud(args: readonly string[], io: CommandIo): Promise<number> {
  const [path, ...rest] = args;
  if (path === undefined || path.startsWith('-') || rest.length > 0) {
    io.stderr.write('sigill cloud run: one FILE, such as cloud.yaml, is expected\n');
    return USAGE;
  }
  const { readCloudConfig, startCloud } = await import('./cloud.ts');
  const cloud = await startCloud(await readCloudConfig(path));
  io.stdout.write(`${cloud.url}\n`);
  await untilStopped(io.signal);
  await cloud.stop();
  return 0;
}
