/** The way in for whoever signs: beside the cloud, or with a link and the key from another machine. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommandIo } from '../command.ts';
import { CloudError } from '../errors.ts';
import type { OperatorClient } from '../operator/client.ts';
import { enterFar, enterHere, readAddressOption } from './arguments.ts';

export type SignerOptions = {
  readonly [name in 'key' | 'cloud' | 'link' | 'certificate']?: string | undefined;
};

export interface EnteredSigner {
  readonly client: OperatorClient;
  /** Asked for only where something is signed. @throws CloudError USAGE */
  key(): string;
}

/** @param file cloud.yaml, where the cloud is on this machine */
export async function enterAsSigner(
  file: string | undefined,
  options: SignerOptions,
  { signal }: CommandIo,
): Promise<EnteredSigner> {
  const { cloud, link, certificate, key } = options;
  if (cloud !== undefined) {
    if (link === undefined) {
      throw new CloudError(
        'USAGE',
        '--link is missing; sigill cloud operator-link, on the cloud’s machine, prints it',
      );
    }
    const client = await enterFar(readAddressOption(cloud, certificate), link, signal);
    return { client, key: () => key ?? missingKey('this machine unless you say where') };
  }
  if (file === undefined) throw new CloudError('USAGE', 'FILE, such as cloud.yaml, is expected');
  const { config, client } = await enterHere(file, signal);
  const usual = join(dirname(resolve(file)), 'keys/operator.pem');
  const found = key ?? config.operator?.key ?? (existsSync(usual) ? usual : undefined);
  return { client, key: () => found ?? missingKey(usual) };
}

function missingKey(place: string): never {
  throw new CloudError('USAGE', `the operator’s key is not at ${place}; give it with --key FILE`);
}
