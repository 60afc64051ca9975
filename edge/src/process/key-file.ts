/**
 * A private key as a PKCS8 PEM file that only its owner can read.
 * @module
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { createSigner, type Signer } from '@sigill/evidence';
import { replaceFile } from '../enrolment/files.ts';
import { EdgeError } from '../errors.ts';

/** Makes an Ed25519 key and its file, durable on return. @throws EdgeError FILE_EXISTS: a key is never overwritten */
export function createKeyFile(path: string): Signer {
  if (existsSync(path)) {
    throw new EdgeError(
      'FILE_EXISTS',
      `${path}: there is a key here already and it is never overwritten; move it away, or choose another directory`,
    );
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  replaceFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  return readKeyFile(path);
}

/** @throws EdgeError FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID */
export function readKeyFile(path: string): Signer {
  const pem = readSecretFile(path);
  try {
    const key = createPrivateKey({ key: pem, format: 'pem', type: 'pkcs8' });
    return createSigner(Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' })));
  } catch (cause) {
    throw new EdgeError(
      'KEY_FILE_INVALID',
      `${path}: expected one PKCS8 private key between BEGIN PRIVATE KEY and END PRIVATE KEY, without a passphrase; restore it from your copy`,
      { cause },
    );
  }
}

/** @throws EdgeError FILE_MISSING, KEY_FILE_EXPOSED */
export function readSecretFile(path: string): string {
  const file = openExisting(path);
  try {
    const mode = fstatSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new EdgeError(
        'KEY_FILE_EXPOSED',
        `${path}: others on this machine may use this key (mode ${mode.toString(8).padStart(4, '0')}, expected 0600); mend it with: chmod 600 ${path}`,
      );
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function openExisting(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new EdgeError(
      'FILE_MISSING',
      `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); restore it from your copy, or make a new agent with: sigill agent init DIR --name NAME`,
      { cause },
    );
  }
}
