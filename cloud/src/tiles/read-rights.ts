/**
 * Who may read the entries of a site log: whoever has a token for it. Counts and times of a site's batches tell when
 * somebody was there, so without a token nobody may.
 *
 *     # one right a line: a log, or * for all, and its token
 *     example.org/house-17 q8WmB2…
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { CloudError } from '../errors.ts';
import { readSecretFile } from '../witness/key-file.ts';

export interface ReadRights {
  /** @param names what the log is called, and what its earlier generations were */
  mayRead(names: readonly string[], authorization: string | undefined): boolean;
}

// Of base64url: 192 bits. Guessing needs no other bound.
const MIN_TOKEN_CHARS = 32;
// Each request is compared with every one of them.
const MAX_RIGHTS = 1000;
const RIGHT = /^(\S{1,128}) ([\x21-\x7e]{1,256})$/;

/** @param path null: nobody. @throws CloudError FILE_MISSING, KEY_FILE_EXPOSED, CONFIG_INVALID */
export async function openReadRights(path: string | null): Promise<ReadRights> {
  return createReadRights(path === null ? '' : (await readSecretFile(path)).toString('utf8'), path);
}

/** @throws CloudError CONFIG_INVALID */
export function createReadRights(text: string, path: string | null = null): ReadRights {
  const rights = text.split('\n').flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, log = '', token = ''] = RIGHT.exec(line.trim()) ?? [];
    // The line is a secret: it is named by its number.
    if (token.length < MIN_TOKEN_CHARS)
      throw invalid(
        `${path}:${index + 1}: a log (or *), one space and a token of ${MIN_TOKEN_CHARS} characters or more are expected; make a token: openssl rand -base64 32`,
      );
    return [{ log, digest: digestOf(token) }];
  });
  if (rights.length > MAX_RIGHTS)
    throw invalid(`${path}: ${rights.length} rights, ${MAX_RIGHTS} at most`);
  return {
    mayRead(names, authorization = '') {
      const shown = digestOf(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
      let granted = false;
      // Through to the end, whichever fits: the time it takes says nothing.
      for (const { log, digest } of rights) {
        const fits = timingSafeEqual(digest, shown);
        if (fits && (log === '*' || names.includes(log))) granted = true;
      }
      return granted;
    },
  };
}

// Of one length, whatever is shown.
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function invalid(message: string): CloudError {
  return new CloudError('CONFIG_INVALID', message);
}
