/**
 * The keys of a site's logs: `log.pem` of the first generation, `log-2.pem` and so on of those after it.
 * @module
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readKeyFile } from '@sigill/edge';
import { equalBytes, type Signer, type SlotRecord } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';

// As many as there are generations: 2 to 99.
const LATER = /^log-([2-9]|[1-9]\d)\.pem$/;

export function logKeyFile(generation: number): string {
  return generation === 1 ? 'log.pem' : `log-${generation}.pem`;
}

/** Of all generations that began or may begin on this box, the first one first. @throws EdgeError FILE_MISSING, KEY_FILE_* */
export function readLogKeys(keys: string): Signer[] {
  return logKeyFiles(keys).map((name) => readKeyFile(join(keys, name)));
}

/** Their names in the directory. The first one's is named even where it is missing. */
export function logKeyFiles(keys: string): string[] {
  const later = listDirectory(keys)
    .flatMap((name) => LATER.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
  return [1, ...later].map(logKeyFile);
}

/** @throws GatewayError FILE_MISSING when it is not among them */
export function logKeyOf(
  keys: readonly Signer[],
  { logKey, origin }: Pick<SlotRecord, 'logKey' | 'origin'>,
): Signer {
  const found = keys.find(({ publicKey }) => equalBytes(publicKey, logKey));
  if (found !== undefined) return found;
  throw new GatewayError(
    'FILE_MISSING',
    `the key of the log ${origin} is none of keys/log*.pem; restore it from your copy`,
  );
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
