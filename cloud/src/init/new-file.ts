/** Files that are made once: never over another, durable on return. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CloudError } from '../errors.ts';

/** @throws CloudError FILE_EXISTS */
export async function writeNewFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const file = await open(path, 'wx', mode).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new CloudError('FILE_EXISTS', `${path} is there already, and nothing is overwritten`, {
      cause,
    });
  });
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
