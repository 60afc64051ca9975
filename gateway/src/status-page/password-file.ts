/**
 * The page's password: its hash in a file that nobody else can read.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { readSecretFile, writeSecretFile } from '@sigill/edge';
import {
  formatHash,
  generatePassword,
  hashPassword,
  type PasswordHash,
  parseHash,
} from '../broker/passwords.ts';
import { GatewayError } from '../errors.ts';

/** @throws GatewayError FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID */
export function readPasswordFile(path: string): PasswordHash {
  const written = readSecretFile(path);
  let hash: PasswordHash | null = null;
  try {
    hash = parseHash(JSON.parse(written));
  } catch {
    // told below
  }
  if (hash !== null) return hash;
  throw new GatewayError(
    'KEY_FILE_INVALID',
    `${path}: this is not a password file; make a new one: sigill gateway password FILE`,
  );
}

/** A new password in the place of the old one. @returns what to write down: it is kept nowhere */
export async function makePassword(path: string): Promise<string> {
  const password = generatePassword();
  const hash = await hashPassword(password, randomBytes(16));
  const made = `${path}.new`;
  rmSync(made, { force: true });
  writeSecretFile(made, `${JSON.stringify(formatHash(hash))}\n`);
  renameSync(made, path);
  return password;
}
