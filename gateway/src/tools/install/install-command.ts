/**
 * `sigill install`
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { GatewayError } from '../../errors.ts';
import { findConfig, readBoxConfig } from '../doctor/read-box.ts';
import { createMachine } from '../machine.ts';
import { toolCommand } from '../tool-command.ts';
import { installSteps, placeFiles, removeFiles, removeSteps, runSteps } from './install.ts';
import { type InstallPlan, installFiles } from './unit.ts';

const help = `
Usage: sudo npx sigill install [FILE] [options]

Makes this box start Sigill by itself after each power cut: a systemd service with a user of its own
and no rights but its serial ports and its data, udev rules for adapters, a bound for the log.

  FILE            gateway.yaml or agent.yaml (default: here, then /etc/sigill)
  --user NAME     the service's user (default sigill; made if it is not there)
  --log-size MIB  what the log may take of the card (default 100)
  --print         print the files and commands, and change nothing
  --root DIR      write below DIR and run nothing, for making an image
  --remove        take it all away again; data and keys stay

Exit codes: 0 done, 2 usage, 3 it could not be done.
`;

export const installCommand: Command = toolCommand({
  name: 'install',
  summary: 'start by itself after each power cut: service, udev rules, log bounds',
  help,
  run,
});

const PROGRAM = join(import.meta.dirname, '../../../../sigill.mjs');
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const values = readArguments(args);
  const plan = planFor(values);
  const files = installFiles(plan);
  const tell = (line: string) => io.stdout.write(`${line}\n`);
  if (values.print) {
    for (const { path, content } of files) tell(`# ${path}\n${content}`);
    for (const { command } of installSteps(plan)) tell(`$ ${command.join(' ')}`);
    return 0;
  }
  const machine = createMachine();
  if (values.remove) {
    if (values.root === null) await runSteps(machine, removeSteps(), tell);
    removeFiles(values.root ?? '/', files);
    tell('Taken away. Data and keys are where they were.');
    return 0;
  }
  placeFiles(values.root ?? '/', files);
  for (const { path } of files) tell(`  ✓ ${join(values.root ?? '/', path)}`);
  if (values.root !== null) return 0;
  await runSteps(machine, installSteps(plan), tell);
  tell(
    '\nIt runs, and will after each power cut. See it: sigill status; its log: journalctl -fu sigill',
  );
  return 0;
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        user: { type: 'string', default: 'sigill' },
        'log-size': { type: 'string', default: '100' },
        print: { type: 'boolean', default: false },
        root: { type: 'string' },
        remove: { type: 'boolean', default: false },
      },
    });
    const logMebibytes = Number(values['log-size']);
    if (!USER.test(values.user)) throw new Error(`--user ${values.user}: no name of a user`);
    if (!Number.isInteger(logMebibytes) || logMebibytes < 8) {
      throw new Error(`--log-size ${values['log-size']}: write a number of at least 8`);
    }
    const { user, print, remove } = values;
    return {
      file: positionals[0] ?? null,
      root: values.root ?? null,
      logMebibytes,
      user,
      print,
      remove,
    };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}

function planFor(values: ReturnType<typeof readArguments>): InstallPlan {
  const file = findConfig(values.file);
  const { config, configFault } = readBoxConfig(file);
  if (config === null || configFault !== null) {
    throw new GatewayError(
      'CONFIG_INVALID',
      configFault?.message ??
        'there is no gateway.yaml or agent.yaml here; name it: sigill install FILE',
    );
  }
  return {
    kind: config.kind,
    name: config.name,
    config: config.file,
    data: config.data,
    keys: config.keys,
    node: process.execPath,
    program: PROGRAM,
    user: values.user,
    logMebibytes: values.logMebibytes,
  };
}
