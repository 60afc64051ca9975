/**
 * What `sigill gateway init` was told, as it was typed.
 * @module
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type NoteKey, parseNoteKey } from '@sigill/evidence';
import { type CommandIo, findDriver } from '@sigill/firmware-bridge';
import { GatewayError } from '../errors.ts';
import type { InitSource, InitTransport } from '../init/init-files.ts';
import type { AloneOptions, EnrolledOptions } from '../init/init-gateway.ts';
import { assertSecure, certificateOf, formatPin } from '../uplink/http-client.ts';

const DEFAULT_BAUD_RATE = 115_200;

export type InitArguments =
  | { readonly box: EnrolledOptions; readonly alone: null; readonly asJson: boolean }
  | { readonly box: null; readonly alone: AloneOptions; readonly asJson: boolean };

/** @throws GatewayError USAGE, CLOUD_URL_INSECURE, CLOUD_UNREACHABLE */
export async function readInitOptions(
  args: readonly string[],
  io: CommandIo,
): Promise<InitArguments> {
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

export async function readCloud(written: string, pin: string | undefined, io: CommandIo) {
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

export function required(name: string, value: string | undefined): string {
  if (value === undefined) throw usage(`--${name} is missing; --help explains it`);
  return value;
}

export function usage(message: string): GatewayError {
  return new GatewayError('USAGE', message);
}
