/**
 * `sigill gateway init`
 * @module
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type NoteKey, parseNoteKey } from '@sigill/evidence';
import { type Command, type CommandIo, findDriver } from '@sigill/firmware-bridge';
import { GatewayError } from '../errors.ts';
import type { InitSource, InitTransport } from '../init/init-files.ts';
import type { InitOptions, MadeGateway } from '../init/init-gateway.ts';
import { assertSecure, certificateOf, formatPin } from '../uplink/http-client.ts';
import { exitCodeOf } from './exit-code.ts';

const help = `
Usage: npx sigill gateway init [DIR] --name NAME --origin ORIGIN [options]

Makes a gateway's keys, its records signed by a new operator key, the policy that verifiers need,
and gateway.yaml, all ready for: sigill gateway run DIR/gateway.yaml. Overwrites nothing.

  --name NAME           what people call it: lower-case letters, digits, . _ -
  --origin ORIGIN       what its log is called for ever, such as example.org/site-17;
                        like a web address without its scheme, and without names of persons
  --cloud URL           where batches go; plain HTTP for a cloud on this machine (cloud.yaml is
                        made for it), else https, whose certificate is pinned as it is seen now
  --certificate PIN     the certificate to expect instead: sha256/…
  --witness VKEY        the key that cloud cosigns with, as it names itself; the operator's record
                        names it as its own, so that a verdict says so; may be repeated
  --ledger none|development
                        where anchors go (default none); development is a chain of this machine's own
  --source NAME=DRIVER:PLACE
                        a device; PLACE is a device file or host:port; may be repeated
  --json                tell what was made as JSON
`;

export const gatewayInit: Command = {
  name: 'gateway init',
  summary: 'make the keys, records and configuration of a new gateway',
  help,
  run,
};

const DEFAULT_BAUD_RATE = 115_200;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { options, asJson } = await readOptions(args, io);
    // Loaded when asked for: the ledger's library takes longer to load than most commands to run.
    const { initGateway } = await import('../init/init-gateway.ts');
    const made = await initGateway(options);
    const { directory } = options;
    io.stdout.write(
      asJson ? `${JSON.stringify({ directory, ...made })}\n` : describe(options, made),
    );
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    io.stderr.write(`sigill gateway init: ${(error as Error).message}\n`);
    return code;
  }
}

async function readOptions(
  args: readonly string[],
  io: CommandIo,
): Promise<{ options: InitOptions; asJson: boolean }> {
  const { values, positionals } = parseArguments(args);
  if (positionals.length > 1) throw usage(`one directory, not ${positionals.join(' and ')}`);
  const ledger = values.ledger ?? 'none';
  if (ledger !== 'none' && ledger !== 'development') {
    throw usage(`--ledger ${ledger}: write none or development`);
  }
  return {
    asJson: values.json ?? false,
    options: {
      directory: resolve(positionals[0] ?? '.'),
      name: required('name', values.name),
      origin: required('origin', values.origin),
      cloud:
        values.cloud === undefined ? null : await readCloud(values.cloud, values.certificate, io),
      ledger,
      sources: (values.source ?? []).map(readSource),
      witnesses: (values.witness ?? []).map(readWitness),
    },
  };
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        origin: { type: 'string' },
        cloud: { type: 'string' },
        certificate: { type: 'string' },
        witness: { type: 'string', multiple: true },
        ledger: { type: 'string' },
        source: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

async function readCloud(written: string, pin: string | undefined, io: CommandIo) {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usage(`--cloud ${written}: write an address, such as https://cloud.example`);
  }
  assertSecure(url);
  if (url.protocol === 'http:') return { url, pin: null };
  return { url, pin: pin ?? (await pinAtFirstSight(url, io)) };
}

async function pinAtFirstSight(url: URL, io: CommandIo): Promise<string> {
  try {
    return formatPin(await certificateOf(url, io.signal));
  } catch (cause) {
    throw new GatewayError(
      'CLOUD_UNREACHABLE',
      `${url.origin}: no certificate to pin (${(cause as Error).message}); start the cloud first, or give its --certificate sha256/…`,
      { cause },
    );
  }
}

function readSource(written: string): InitSource {
  const [, name = '', driver = '', place = ''] = /^([^=]+)=([^:]+):(.+)$/.exec(written) ?? [];
  const transport = readPlace(place);
  if (transport === null) {
    throw usage(`--source ${written}: write NAME=DRIVER:/dev/… or NAME=DRIVER:host:port`);
  }
  try {
    findDriver(driver);
  } catch (error) {
    throw usage(`--source ${written}: ${(error as Error).message}`);
  }
  return { name, driver, transport };
}

function readPlace(place: string): InitTransport | null {
  if (place.startsWith('/')) return { kind: 'serial', path: place, baudRate: DEFAULT_BAUD_RATE };
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(place) ?? [];
  return host === undefined ? null : { kind: 'tcp', host, port: Number(port) };
}

function readWitness(vkey: string): NoteKey {
  try {
    const key = parseNoteKey(vkey);
    if (key.type === 4) return key;
  } catch {
    // told below
  }
  throw usage(`--witness ${vkey}: write a cosigner's key as it names itself, NAME+HEX+BASE64`);
}

function required(name: string, value: string | undefined): string {
  if (value === undefined)
    throw usage(`--${name} is missing; sigill gateway init --help explains it`);
  return value;
}

function usage(message: string): GatewayError {
  return new GatewayError('USAGE', message);
}

function describe({ directory, cloud, ledger }: InitOptions, made: MadeGateway): string {
  const at = (file: string) => join(directory, file);
  const next = [
    `Move ${at('keys/operator.pem')} and ${at('keys/operator-next.pem')} to a safe place off this machine; a gateway runs without them.`,
    ...(ledger === 'none' ? [] : [`So too ${at('keys/guardian.json')} and its password.`]),
    `Give ${at('policy.json')} to whoever shall verify; compare the operator key's fingerprint with them.`,
    ...(made.hasCloudFile ? [`npx sigill cloud run ${at('cloud.yaml')}`] : []),
    ...(cloud !== null && !made.hasCloudFile
      ? [
          `Bring operator.record, slot-1.record and policy.json to the cloud (records and policy in its cloud.yaml).`,
        ]
      : []),
    `npx sigill gateway run ${at('gateway.yaml')}`,
  ];
  return `Made in ${directory}
${made.files.map((file) => `  ${file}`).join('\n')}

Operator key  ${made.fingerprint}
${cloud?.pin ? `Cloud         ${cloud.url.origin}, pinned to ${cloud.pin}\n` : ''}
Next
${next.map((step, index) => `  ${index + 1}. ${step}`).join('\n')}
`;
}
