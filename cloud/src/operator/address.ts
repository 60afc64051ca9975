/** Where the running cloud answers, for commands on the same machine: told in its data directory. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../errors.ts';

export async function tellAddress(data: string, url: string): Promise<void> {
  const directory = join(data, 'operator');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'address');
  await writeFile(`${path}.new`, `${url}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** @throws CloudError CLOUD_UNREACHABLE */
export async function readAddress(data: string): Promise<string> {
  try {
    return (await readFile(join(data, 'operator', 'address'), 'latin1')).trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CloudError(
      'CLOUD_UNREACHABLE',
      code === 'EACCES'
        ? `${data}: this user may not read it; run the command as the user that runs the cloud`
        : `no cloud has run with the data directory ${data} yet; start it with: sigill cloud run cloud.yaml`,
      { cause },
    );
  }
}
