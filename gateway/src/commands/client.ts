/**
 * `sigill gateway client add | list | remove`
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createConfigSection } from '@sigill/edge';
import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { parseDocument } from 'yaml';
import { type BrokerConfig, readBroker } from '../broker/broker-config.ts';
import {
  type BrokerClient,
  CERTIFICATE_PIN,
  CLIENT_NAME,
  changeClientsFile,
  problemOfFilter,
  readClientsFile,
} from '../broker/clients-file.ts';
import { generatePassword, hashPassword } from '../broker/passwords.ts';
import { GatewayError } from '../errors.ts';
import { exitCodeOf } from './exit-code.ts';

const addHelp = `
Usage: npx sigill gateway client add FILE NAME [options]

Lets a device or program connect to the broker of this gateway, and prints its password once. A
client that is there already keeps its password and may do what is named here as well. A running
gateway takes the change up within a second.

  FILE                  gateway.yaml
  NAME                  the client's MQTT username: letters, digits, . _ -
  --publish FILTER      topics it may send to, such as devices/7/#; may be repeated
  --subscribe FILTER    topics it may hear; may be repeated
  --certificate PIN     it shows this TLS certificate instead of a password: sha256/…
  --new-password        the old password ends, a new one is printed
  --json                tell what was made as JSON
`;

const listHelp = `
Usage: npx sigill gateway client list FILE [--json]

Lists the clients of the broker of gateway.yaml FILE, with what each may send and hear.
`;

const removeHelp = `
Usage: npx sigill gateway client remove FILE NAME

The client may not connect any more; a running gateway ends its connection within a second.
`;

export const gatewayClientAdd = command('add', 'let a device connect to the broker', addHelp, add);
export const gatewayClientList = command('list', 'who may connect to the broker', listHelp, list);
export const gatewayClientRemove = command(
  'remove',
  'let a device connect to the broker no more',
  removeHelp,
  remove,
);

const SALT_BYTES = 16;

function command(
  word: string,
  summary: string,
  help: string,
  perform: (args: readonly string[], io: CommandIo) => Promise<void>,
): Command {
  const name = `gateway client ${word}`;
  return {
    ...{ name, summary, help },
    async run(args, io) {
      try {
        await perform(args, io);
        return 0;
      } catch (error) {
        const code = exitCodeOf(error);
        if (code === null) throw error;
        io.stderr.write(`sigill ${name}: ${(error as Error).message}\n`);
        return code;
      }
    },
  };
}

async function add(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = parse(args, {
    publish: { type: 'string', multiple: true },
    subscribe: { type: 'string', multiple: true },
    certificate: { type: 'string' },
    'new-password': { type: 'boolean' },
    json: { type: 'boolean' },
  });
  const [file, name] = positionals;
  if (file === undefined || name === undefined || positionals.length > 2) {
    throw usage('write FILE and NAME, such as: gateway.yaml bin-7 --publish bins/7/#');
  }
  if (!CLIENT_NAME.test(name)) {
    throw usage(
      `${name}: a client is called by 1 to 64 letters, digits, . _ - (32 hexadecimal digits are an agent)`,
    );
  }
  const publish = (values.publish ?? []) as string[];
  const subscribe = (values.subscribe ?? []) as string[];
  for (const filter of [...publish, ...subscribe]) {
    const problem = problemOfFilter(filter);
    if (problem !== null) throw usage(problem);
  }
  const certificate = (values.certificate ?? null) as string | null;
  if (certificate !== null && !CERTIFICATE_PIN.test(certificate)) {
    throw usage(
      `--certificate ${certificate}: write sha256/ and the 44 base64 characters of the certificate's SHA-256`,
    );
  }
  const { path, broker } = readConfig(file);
  const known = existing(broker).find((client) => client.name === name) ?? null;
  if (known === null && publish.length + subscribe.length === 0) {
    throw usage(
      `${name} could neither send nor hear anything: add --publish FILTER or --subscribe FILTER`,
    );
  }
  const wantsPassword =
    values['new-password'] === true ||
    (certificate === null && !known?.password && !known?.certificate);
  const password = wantsPassword ? generatePassword() : null;
  const hash = password === null ? null : await hashPassword(password, randomBytes(SALT_BYTES));
  changeClientsFile(broker.clients, (clients) => {
    const before = clients.find((client) => client.name === name);
    const after: BrokerClient = {
      name,
      password: hash ?? before?.password ?? null,
      certificate: certificate ?? before?.certificate ?? null,
      publish: union(before?.publish, publish),
      subscribe: union(before?.subscribe, subscribe),
    };
    return before
      ? clients.map((client) => (client === before ? after : client))
      : [...clients, after];
  });
  const made = { name, password, publish, subscribe, listen: broker.listen };
  io.stdout.write(values.json ? `${JSON.stringify(made)}\n` : describeAdded(made, path));
}

async function list(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = parse(args, { json: { type: 'boolean' } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw usage('write the path of gateway.yaml');
  const clients = existing(readConfig(file).broker).map(({ password, ...client }) => ({
    ...client,
    hasPassword: password !== null,
  }));
  if (values.json) io.stdout.write(`${JSON.stringify(clients)}\n`);
  else
    io.stdout.write(clients.length === 0 ? 'No clients yet.\n' : clients.map(describe).join('\n'));
}

async function remove(args: readonly string[], io: CommandIo): Promise<void> {
  const { positionals } = parse(args, {});
  const [file, name] = positionals;
  if (file === undefined || name === undefined || positionals.length > 2) {
    throw usage('write FILE and NAME, such as: gateway.yaml bin-7');
  }
  const { broker } = readConfig(file);
  changeClientsFile(broker.clients, (clients) => {
    if (!clients.some((client) => client.name === name)) {
      throw usage(`${name}: no such client; sigill gateway client list ${file} shows them`);
    }
    return clients.filter((client) => client.name !== name);
  });
  io.stdout.write(`${name} may not connect any more.\n`);
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (cause) {
    throw new GatewayError('USAGE', (cause as Error).message, { cause });
  }
}

/** The broker's section alone: what else is wrong in the file is not in the way of letting a device in. */
function readConfig(file: string): { path: string; broker: BrokerConfig } {
  const path = resolve(file);
  const document = parseDocument(readText(path), { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new GatewayError('CONFIG_SYNTAX', `${file}: ${problem.message}`);
  const root = createConfigSection(file, '', document.toJS({ maxAliasCount: 0 }), null);
  const broker = readBroker(root, (relative) => resolve(dirname(path), relative));
  if (broker === null) {
    throw new GatewayError(
      'CONFIG_INVALID',
      `${file}: this gateway has no broker; add to it: broker: { listen: [{ host: 127.0.0.1, port: 1883 }] }`,
    );
  }
  return { path, broker };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new GatewayError(
      'FILE_MISSING',
      `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code}); write the path of gateway.yaml`,
      { cause },
    );
  }
}

function existing({ clients }: BrokerConfig): BrokerClient[] {
  try {
    return readClientsFile(clients);
  } catch (error) {
    if ((error as GatewayError).code === 'FILE_MISSING') return [];
    throw error;
  }
}

interface Added {
  readonly name: string;
  readonly password: string | null;
  readonly listen: BrokerConfig['listen'];
}

function describeAdded({ name, password, listen }: Added, path: string): string {
  const [address] = listen;
  const url = address && `${address.tls ? 'mqtts' : 'mqtt'}://${address.host}:${address.port}`;
  return `Client    ${name}
${password === null ? '' : `Password  ${password}   (kept nowhere: write it into the device now)\n`}Broker    ${url}, MQTT 3.1.1
Its messages become readings where a source of ${path} has transport { broker: TOPIC }.
`;
}

function describe(client: Omit<BrokerClient, 'password'> & { hasPassword: boolean }): string {
  const { name, certificate, hasPassword, publish, subscribe } = client;
  const proof = [hasPassword ? 'password' : '', certificate ?? ''].filter(Boolean).join(', ');
  return `${name}  (${proof})
  sends  ${publish.join('  ') || 'nothing'}
  hears  ${subscribe.join('  ') || 'nothing'}
`;
}

function union(before: readonly string[] = [], more: readonly string[]): string[] {
  return [...new Set([...before, ...more])];
}

function usage(message: string): GatewayError {
  return new GatewayError('USAGE', message);
}
