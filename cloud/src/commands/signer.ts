/** The way in for whoever signs: beside the cloud, or with a link and the key from another machine. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommandIo } from '../command.ts';
import { readGiven } from '../config-file.ts';
import { CloudError } from '../errors.ts';
import { writeNewFile } from '../init/new-file.ts';
import type { OperatorClient } from '../operator/client.ts';
import type { Overview } from '../operator/overview.ts';
import { enterFar, enterHere, readAddressOption } from './arguments.ts';

export type SignerOptions = {
  readonly [name in 'key' | 'cloud' | 'link' | 'certificate' | 'from' | 'output']?:
    | string
    | undefined;
};

type SameAtTheCloud = 'overview' | 'refuse' | 'erasable' | 'erase' | 'erasuresOpen' | 'leave';

/** What signing needs of a cloud. */
export interface SignersCloud extends Pick<OperatorClient, SameAtTheCloud> {
  /** In this order. Gives the files that they went to; none where the cloud has them. */
  bring(...records: readonly Uint8Array[]): Promise<readonly string[]>;
}

export interface EnteredSigner {
  readonly client: SignersCloud;
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
  const absent = () => key ?? missingKey('this machine unless you say where');
  if (options.from !== undefined)
    return { client: fromFile(options.from, options.output), key: absent };
  if (cloud !== undefined) {
    if (link === undefined) {
      throw new CloudError(
        'USAGE',
        '--link is missing; sigill cloud operator-link, on the cloud’s machine, prints it',
      );
    }
    const client = await enterFar(readAddressOption(cloud, certificate), link, signal);
    return { client: directly(client), key: absent };
  }
  if (file === undefined) throw new CloudError('USAGE', 'FILE, such as cloud.yaml, is expected');
  const { config, client } = await enterHere(file, signal);
  const usual = join(dirname(resolve(file)), 'keys/operator.pem');
  const found = key ?? config.operator?.key ?? (existsSync(usual) ? usual : undefined);
  return { client: directly(client), key: () => found ?? missingKey(usual) };
}

function directly(client: OperatorClient): SignersCloud {
  return {
    ...client,
    async bring(...records) {
      for (const record of records) await client.bring(record);
      return [];
    },
  };
}

/** Without a network: what waits came as a file, and the record leaves as one. */
function fromFile(path: string, output: string | undefined): SignersCloud {
  return {
    async overview() {
      try {
        return JSON.parse((await readGiven(path)).toString('utf8')) as Overview;
      } catch (cause) {
        if (cause instanceof CloudError) throw cause;
        throw new CloudError(
          'USAGE',
          `${path}: download it anew from the operator’s page, where it says what waits`,
          { cause },
        );
      }
    },
    refuse: () => needsTheCloud('--refuse'),
    erasable: () => needsTheCloud('an erasure'),
    erase: () => needsTheCloud('an erasure'),
    erasuresOpen: () => needsTheCloud('an erasure'),
    async bring(...records) {
      if (output === undefined)
        throw new CloudError('USAGE', '-o FILE is missing: where the record goes');
      const files = records.map((_, at) => (at === 0 ? output : `${output}-${at + 1}`));
      for (const [at, record] of records.entries()) await writeNewFile(files[at] ?? '', record);
      return files;
    },
    leave: async () => {},
  };
}

async function needsTheCloud(what: string): Promise<never> {
  throw new CloudError('USAGE', `${what} needs the cloud; --from has only a copy of what waits`);
}

function missingKey(place: string): never {
  throw new CloudError('USAGE', `the operator’s key is not at ${place}; give it with --key FILE`);
}
