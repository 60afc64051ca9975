/** cloud.yaml from the disk, and the other files it names. */
import { readFile } from 'node:fs/promises';
import { type CloudConfig, parseCloudConfig } from './config.ts';
import { CloudError } from './errors.ts';

/** @throws CloudError */
export async function readCloudConfig(path: string): Promise<CloudConfig> {
  return parseCloudConfig((await readGiven(path)).toString('utf8'), path);
}

/** @throws CloudError FILE_MISSING */
export async function readGiven(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CloudError('FILE_MISSING', `${path} cannot be read (${cause.code})`, { cause });
  });
}
