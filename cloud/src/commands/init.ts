/** `sigill cloud init` */
import { join, relative, resolve } from 'node:path';
import type { Command, CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import type { InitCloudOptions } from '../init/init-cloud.ts';
import { asCommand, readArguments } from './arguments.ts';

const help = `
Usage: npx sigill cloud init [DIR] --name NAME [options]

Makes a new operator and its cloud: the operator’s keys and first record, a witness, the policy that
verifiers need, and cloud.yaml, all ready for: sigill cloud run DIR/cloud.yaml. Overwrites nothing.

  --name NAME           what people call it: lower-case letters, digits, . _ -
  --origins ORIGIN      under which gateways get the names of their logs, such as example.org;
                        else NAME
  --listen HOST:PORT    where it answers (default 127.0.0.1:7445); beyond this machine only with
  --tls-key FILE, --tls-certificate FILE
                        its key and certificate (PEM)
  --ledger none|development
                        where anchors go (default none); development is a chain of this machine’s
                        own, and its first gateway is given keys/anchor.json to anchor with
  --json                tell what was made as JSON
`;

export const cloudInit: Command = asCommand(
  'cloud init',
  'make the keys, records and configuration of a new operator and its cloud',
  help,
  init,
);

const OPTIONS = {
  name: { type: 'string' },
  origins: { type: 'string' },
  listen: { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-certificate': { type: 'string' },
  ledger: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const NAME = /^[a-z0-9][a-z0-9._-]{0,58}$/;

async function init(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (positionals.length > 1) throw usage(`one directory, not ${positionals.join(' and ')}`);
  const { name, ledger = 'none' } = values;
  if (name === undefined) throw usage('--name is missing; sigill cloud init --help explains it');
  if (!NAME.test(name)) throw usage(`--name ${name}: write lower-case letters, digits, . _ -`);
  if (ledger !== 'none' && ledger !== 'development')
    throw usage(`--ledger ${ledger}: write none or development`);
  const directory = resolve(positionals[0] ?? '.');
  const options: InitCloudOptions = {
    ...{ directory, name, ledger },
    origins: values.origins ?? name,
    listen: readListen(values.listen ?? '127.0.0.1:7445'),
    tls: readTls(directory, values['tls-key'], values['tls-certificate']),
  };
  const { initCloud } = await import('../init/init-cloud.ts');
  const made = await initCloud(options);
  if (values.json === true) {
    io.stdout.write(`${JSON.stringify({ directory, ...made })}\n`);
    return;
  }
  const at = (file: string) => join(directory, file);
  io.stdout.write(`Made in ${directory}
${made.files.map((file) => `  ${file}`).join('\n')}

Operator key  ${made.fingerprint}

Next
  1. Copy ${at('keys/operator.pem')} and ${at('keys/operator-next.pem')} to a safe place. A cloud runs without them: kept off this
     machine, nobody who takes it over can let a box in.
  2. Give ${at('policy.json')} to whoever shall verify; compare the operator key’s fingerprint with them.
  3. npx sigill cloud run ${at('cloud.yaml')}
  4. For each gateway a code: npx sigill cloud invite ${at('cloud.yaml')}
`);
}

function readListen(written: string): InitCloudOptions['listen'] {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(written) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw usage(`--listen ${written}: write HOST:PORT, such as 0.0.0.0:7445`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function readTls(directory: string, key?: string, certificate?: string): InitCloudOptions['tls'] {
  if (key === undefined && certificate === undefined) return null;
  if (key === undefined || certificate === undefined)
    throw usage('--tls-key and --tls-certificate come together');
  // As they will be read: relative to cloud.yaml.
  const place = (file: string) => relative(directory, resolve(file)) || file;
  return { key: place(key), certificate: place(certificate) };
}

function usage(message: string): CloudError {
  return new CloudError('USAGE', message);
}
