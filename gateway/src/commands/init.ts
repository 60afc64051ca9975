/**
 * `sigill gateway init`
 * @module
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeBox } from '@sigill/edge';
import { boxFingerprint, type NoteKey, parseNoteKey } from '@sigill/evidence';
import { type Command, type CommandIo, findDriver } from '@sigill/firmware-bridge';
import { GatewayError } from '../errors.ts';
import type { InitSource, InitTransport } from '../init/init-files.ts';
import {
  type AloneOptions,
  type EnrolledOptions,
  initBox,
  initGateway,
  type MadeGateway,
} from '../init/init-gateway.ts';
import { assertSecure, certificateOf, formatPin } from '../uplink/http-client.ts';
import { exitCodeOf } from './exit-code.ts';

const help = `
Usage: npx sigill gateway init [DIR] --name NAME [--source NAME=DRIVER:PLACE]… [options]
       npx sigill gateway init [DIR] --name NAME --origin ORIGIN [options]

Without --origin: makes the keys and gateway.yaml of a box that an operator will let in, shows its
fingerprint, and says how to ask: sigill gateway enroll. With --origin: a gateway alone, with a new
operator of its own, its records and the policy that verifiers need, ready for: sigill gateway run
DIR/gateway.yaml. Overwrites nothing.

  --name NAME           what people call it: lower-case letters, digits, . _ -
  --source NAME=DRIVER:PLACE
                        a device; PLACE is a device file or host:port; may be repeated
  --ledger none|development
                        where anchors go (default none); development is a chain of this machine's own
  --account FILE        to be let in, with --ledger development: keys/anchor.json of the cloud on
                        this machine
  --json                tell what was made as JSON

A gateway alone:
  --origin ORIGIN       what its log is called for ever, such as example.org/site-17;
                        like a web address without its scheme, and without names of persons
  --cloud URL           where batches go; plain HTTP for a cloud on this machine (cloud.yaml is
                        made for it), else https, whose certificate is pinned as it is seen now
  --certificate PIN     the certificate to expect instead: sha256/…
  --witness VKEY        the key that cloud cosigns with, as it names itself; the operator's record
                        names it as its own, so that a verdict says so; may be repeated
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
    const { box, alone, asJson } = await readOptions(args, io);
    io.stdout.write(box === null ? await makeAlone(alone, asJson) : makeBox(box, asJson));
    return 0;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === null) throw error;
    io.stderr.write(`sigill gateway init: ${(error as Error).message}\n`);
    return code;
  }
}

async function makeAlone(options: AloneOptions, asJson: boolean): Promise<string> {
  const made = await initGateway(options);
  const { directory } = options;
  return asJson ? `${JSON.stringify({ directory, ...made })}\n` : describe(options, made);
}

function makeBox(options: EnrolledOptions, asJson: boolean): string {
  const { files, ...keys } = initBox(options);
  const { directory } = options;
  const fingerprint = boxFingerprint(keys);
  if (asJson) return `${JSON.stringify({ directory, files, fingerprint })}\n`;
  return `Made in ${directory}
${files.map((file) => `  ${file}`).join('\n')}

${describeBox(keys)}
Next, with the address and the code that the operator gives you:
  npx sigill gateway enroll URL CODE ${directory}
`;
}

type ReadOptions =
  | { readonly box: EnrolledOptions; readonly alone: null; readonly asJson: boolean }
  | { readonly box: null; readonly alone: AloneOptions; readonly asJson: boolean };

async function readOptions(args: readonly string[], io: CommandIo): Promise<ReadOptions> {
  const { values, positionals } = parseArguments(args);
  if (positionals.length > 1) throw usage(`one directory, not ${positionals.join(' and ')}`);
  const ledger = values.ledger ?? 'none';
  if (ledger !== 'none' && ledger !== 'development') {
    throw usage(`--ledger ${ledger}: write none or development`);
  }
  const asJson = values.json ?? false;
  const common = {
    directory: resolve(positionals[0] ?? '.'),
    name: required('name', values.name),
    ledger,
    sources: (values.source ?? []).map(readSource),
  } as const;
  const { origin, account } = values;
  if (origin === undefined) {
    for (const option of ['cloud', 'certificate', 'witness'] as const)
      if (values[option] !== undefined)
        throw usage(
          `--${option} belongs to a gateway alone, with --origin; else enrolment brings it: sigill gateway enroll URL CODE`,
        );
    if (ledger === 'development' && account === undefined) {
      throw usage(
        '--account is missing: the operator’s policy names the account that anchors, so give its keystore, keys/anchor.json of the cloud on this machine',
      );
    }
    return { box: { ...common, account: account ?? null }, alone: null, asJson };
  }
  if (account !== undefined)
    throw usage('--account belongs to a gateway that is let in, without --origin');
  const cloud =
    values.cloud === undefined ? null : await readCloud(values.cloud, values.certificate, io);
  const witnesses = (values.witness ?? []).map(readWitness);
  return { box: null, alone: { ...common, origin, cloud, witnesses }, asJson };
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
        account: { type: 'string' },
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
  const form = 'write NAME=DRIVER:/dev/… or NAME=DRIVER:host:port';
  if (place === '') throw usage(`--source ${written}: ${form}`);
  const transport = readPlace(place, baudRateOf(driver, written));
  if (transport === null) throw usage(`--source ${written}: ${form}`);
  return { name, driver, transport };
}

function baudRateOf(driver: string, written: string): number {
  try {
    return findDriver(driver).manifest.serial?.baudRate ?? DEFAULT_BAUD_RATE;
  } catch (error) {
    throw usage(`--source ${written}: ${(error as Error).message}`);
  }
}

function readPlace(place: string, baudRate: number): InitTransport | null {
  if (place.startsWith('/')) return { kind: 'serial', path: place, baudRate };
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

function describe({ directory, cloud, ledger }: AloneOptions, made: MadeGateway): string {
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
