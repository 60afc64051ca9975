/**
 * Private keys as PKCS8 PEM files that only their owner can read, and other secrets kept as carefully.
 * @module
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createSigner, type Signer } from '@sigill/evidence';
import { syncFolderOf } from '../enrolment/files.ts';
import { EdgeError } from '../errors.ts';

/** Makes an Ed25519 key and its file, durable on return. @throws EdgeError FILE_EXISTS: a key is never overwritten */
export function createKeyFile(path: string): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeSecretFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return toSigner(privateKey);
}

/** @throws EdgeError FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID */
export function readKeyFile(path: string): Signer {
  return toSigner(parsePem(path, readSecretFile(path)));
}

/**
 * A file nobody else can read, from its first moment on: the mode is set by the open that creates it. Whole or not there,
 * whenever the power is cut. @throws EdgeError FILE_EXISTS: one already there is left alone
 */
export function writeSecretFile(path: string, content: string | Uint8Array): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // A link, unlike a rename, never takes the place of what is there.
    linkSync(draft, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new EdgeError(
      'FILE_EXISTS',
      `${path}: there is a key here already and it is never overwritten; move it away, or choose another directory`,
      { cause },
    );
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolderOf(path);
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
      `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); restore it from your copy, or make a new box with: sigill gateway init, sigill agent init`,
      { cause },
    );
  }
}

function parsePem(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', type: 'pkcs8' });
  } catch (cause) {
    throw new EdgeError(
      'KEY_FILE_INVALID',
      `${path}: expected one PKCS8 private key between BEGIN PRIVATE KEY and END PRIVATE KEY, without a passphrase; restore it from your copy`,
      { cause },
    );
  }
}

function toSigner(key: KeyObject): Signer {
  return createSigner(Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' })));
}
