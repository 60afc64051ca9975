/**
 * Files that enrolment leaves behind: each whole or not there, whenever the power is cut.
 * @module
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Durable on return; what was there is replaced. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncFolderOf(path);
}

/** Makes the name of a file as durable as its content. */
export function syncFolderOf(path: string): void {
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** A secret that stays the same when the command is run again; for its owner alone. */
export function keepSecret(path: string, make: () => string): string {
  if (!existsSync(path)) replaceFile(path, `${make()}\n`, 0o600);
  return readFileSync(path, 'latin1').trim();
}
