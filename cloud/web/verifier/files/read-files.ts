/** Files as a browser gives them; those that no evidence can be as large as are not read. */
import { MAX_FILE_BYTES } from './sort-bytes.ts';
import type { Given } from './take-given.ts';

export const readFiles = (files: readonly File[]): Promise<Given[]> =>
  Promise.all(
    files.map(async (file) => ({
      name: file.name,
      bytes: file.size > MAX_FILE_BYTES ? null : new Uint8Array(await file.arrayBuffer()),
    })),
  );
