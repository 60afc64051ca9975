/** `sigill witness init|run` */
import { relative, resolve } from 'node:path';
import type { Command, CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import { asCommand, onlyFile, readArguments } from './arguments.ts';
import { untilStopped } from './until-stopped.ts';

const initHelp = `
Usage: npx sigill witness init [DIR] --name NAME [options]

Makes a witness of your own: a key, witness.yaml and an empty memory, ready for: sigill witness run
DIR/witness.yaml. A witness cosigns the heads of logs that only grew; it counts for whoever names its key in
a policy, and it proves something against an operator only if that operator does not run it.

  --name NAME           what it signs as, for ever: a name such as witness.example.org/w1
  --log KEY             a log to watch, by its key (name+ID+key); may be given again
  --operator HASH, --cloud URL, --certificate sha256/…
                        watch all logs of an operator: the hash in its policy.json, and where its cloud is
  --listen HOST:PORT    where it answers (default 127.0.0.1:7449); beyond this machine only with
  --tls-key FILE, --tls-certificate FILE
                        its key and certificate (PEM)
  --json                tell what was made as JSON
`;

const runHelp = `
Usage: npx sigill witness run FILE

Runs the witness that witness.yaml describes until it is told to stop. Its first line on standard output is
the address where it answers; its log goes to standard error.

What it cosigned is on the disk before a cosignature leaves. A witness whose memory is lost, damaged or older
than what it signed does not start any more: its key could sign a second history.

Exit: 0 stopped as told, 2 usage, 3 something it needs is missing or in use, or it must never sign again.
`;

const OPTIONS = {
  name: { type: 'string' },
  log: { type: 'string', multiple: true },
  operator: { type: 'string' },
  cloud: { type: 'string' },
  certificate: { type: 'string' },
  listen: { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-certificate': { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const witnessInit: Command = asCommand(
  'witness init',
  'make a witness of your own, that watches logs of others',
  initHelp,
  init,
);

export const witnessRun: Command = asCommand(
  'witness run',
  'cosign the heads of logs that only grew',
  runHelp,
  run,
);

async function init(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (positionals.length > 1) throw usage(`one directory, not ${positionals.join(' and ')}`);
  const { name, operator, cloud, certificate = null } = values;
  if (name === undefined) throw usage('--name is missing; sigill witness init --help explains it');
  if ((operator === undefined) !== (cloud === undefined))
    throw usage('--operator and --cloud come together');
  const directory = resolve(positionals[0] ?? '.');
  const { initWitness } = await import('../witness/init-witness.ts');
  const key = await initWitness({
    ...{ directory, name, logs: values.log ?? [] },
    listen: readListen(values.listen ?? '127.0.0.1:7449'),
    tls: readTls(directory, values['tls-key'], values['tls-certificate']),
    operators:
      operator === undefined || cloud === undefined ? [] : [{ operator, cloud, certificate }],
  });
  if (values.json === true)
    return void io.stdout.write(`${JSON.stringify({ directory, name, key })}\n`);
  io.stdout.write(`Made in ${directory}

Key  ${key}

Next
  1. npx sigill witness run ${resolve(directory, 'witness.yaml')}
  2. Give the key to whoever shall trust this witness: a policy names it in a line
       witness NAME ${key}
     and gateways send it their heads (witnesses: in gateway.yaml).
  3. Keep ${resolve(directory, 'state')} out of backups that may be restored: a witness that forgot must be made anew.
`);
}

async function run(args: readonly string[], io: CommandIo): Promise<void> {
  const { positionals } = readArguments(args, {});
  const file = onlyFile(positionals);
  const { readWitnessConfig, startWitness } = await import('../witness/run-witness.ts');
  const witness = await startWitness(await readWitnessConfig(file));
  io.stdout.write(`${witness.url}\n`);
  await untilStopped(io.signal);
  await witness.stop();
}

function readListen(written: string) {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(written) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw usage(`--listen ${written}: write HOST:PORT, such as 0.0.0.0:7449`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function readTls(directory: string, key?: string, certificate?: string) {
  if (key === undefined && certificate === undefined) return null;
  if (key === undefined || certificate === undefined)
    throw usage('--tls-key and --tls-certificate come together');
  // As they will be read: relative to witness.yaml.
  const place = (file: string) => relative(directory, resolve(file)) || file;
  return { key: place(key), certificate: place(certificate) };
}

function usage(message: string): CloudError {
  return new CloudError('USAGE', message);
}
