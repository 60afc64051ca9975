/** What the operator's commands have in common: arguments, the way to the cloud, errors told as sentences. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Command, CommandIo } from '../command.ts';
import { type CloudConfig, PIN } from '../config.ts';
import { readCloudConfig } from '../config-file.ts';
import { CloudError } from '../errors.ts';
import { readAddress } from '../operator/address.ts';
import { type CloudAddress, type OperatorClient, signIn } from '../operator/client.ts';
import { makeLink } from '../operator/links.ts';

const NO = 1;
const USAGE = 2;
const ENVIRONMENT = 3;
const USAGE_CODES = new Set(['USAGE', 'CONFIG_INVALID', 'CONFIG_SYNTAX', 'LISTEN_OPEN']);
const NO_CODES = new Set([
  'CLOUD_REFUSED',
  'ERASURE_REFUSED',
  'KEEPSAKES_DAMAGED',
  'REBUILD_FAILED',
  'ORIGIN_CLOSED',
  'BOX_REVOKED',
  'BOX_UNKNOWN',
  'RECORD_TAKEN',
  'RECORD_SIGNED',
  'RECORD_CHAIN',
  'FORK_UNPROVEN',
]);

/** A command that tells its errors as one sentence with their code. */
export function asCommand(
  name: string,
  summary: string,
  help: string,
  work: (args: readonly string[], io: CommandIo) => Promise<void>,
): Command {
  return {
    ...{ name, summary, help },
    async run(args, io) {
      try {
        await work(args, io);
        return 0;
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error)) throw error;
        const code = String(error.code);
        io.stderr.write(`sigill ${name}: ${code}: ${error.message}\n`);
        if (USAGE_CODES.has(code)) return USAGE;
        return NO_CODES.has(code) ? NO : ENVIRONMENT;
      }
    },
  };
}

/** @throws CloudError USAGE */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new CloudError('USAGE', (error as Error).message);
  }
}

/** @throws CloudError USAGE */
export function onlyFile(positionals: readonly string[]): string {
  const [file, ...more] = positionals;
  if (file !== undefined && more.length === 0) return file;
  throw new CloudError('USAGE', 'one FILE, such as cloud.yaml, is expected');
}

/** Signed in at the cloud of this machine that the file describes; only the owner of its data directory can. */
export async function enterHere(
  file: string,
  signal: AbortSignal,
): Promise<{ config: CloudConfig; client: OperatorClient }> {
  const config = await readCloudConfig(file);
  const url = await readAddress(config.data);
  const token = await makeLink(config.data, Date.now());
  const certificate = config.listen.tls && (await hashOf(config.listen.tls.certificate));
  return { config, client: await signIn({ url, certificate }, token, signal) };
}

/** @param link the token, or the whole link */
export function enterFar(
  address: CloudAddress,
  link: string,
  signal: AbortSignal,
): Promise<OperatorClient> {
  return signIn(address, link.replace(/^.*#/, ''), signal);
}

/** @throws CloudError USAGE */
export function readAddressOption(url: string, pin: string | undefined): CloudAddress {
  const parsed = URL.parse(url);
  const local = parsed !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname);
  if (parsed === null || !(parsed.protocol === 'https:' || (parsed.protocol === 'http:' && local)))
    throw new CloudError(
      'USAGE',
      `--cloud ${url}: write an address, such as https://cloud.example.org`,
    );
  if (pin !== undefined && !PIN.test(pin))
    throw new CloudError(
      'USAGE',
      `--certificate ${pin}: write sha256/… as the link’s command has it`,
    );
  const certificate = pin === undefined ? null : Buffer.from(pin.slice('sha256/'.length), 'base64');
  return { url: parsed.origin, certificate };
}

async function hashOf(path: string): Promise<Uint8Array> {
  return createHash('sha256')
    .update(new X509Certificate(await readFile(path)).raw)
    .digest();
}
