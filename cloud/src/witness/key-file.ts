/** A private key in a file that only its owner can read: PKCS #8, as PEM or DER. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createSigner, type Signer } from '@sigill/evidence';
import { CloudError } from '../errors.ts';

/** @throws CloudError FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID */
export async function readKeyFile(path: string): Promise<Signer> {
  const content = await readSecretFile(path);
  let key: KeyObject;
  try {
    key = content.includes('-----BEGIN')
      ? createPrivateKey(content)
      : createPrivateKey({ key: content, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new CloudError(
      'KEY_FILE_INVALID',
      `${path}: one PKCS #8 private key without a passphrase is expected; restore it from your copy`,
      { cause },
    );
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new CloudError(
      'KEY_FILE_INVALID',
      `${path}: a witness signs with Ed25519, this key is ${key.asymmetricKeyType}`,
    );
  }
  return createSigner(Uint8Array.from(key.export({ format: 'der', type: 'pkcs8' })));
}

/** @throws CloudError FILE_MISSING, KEY_FILE_EXPOSED */
export async function readSecretFile(path: string): Promise<Buffer> {
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new CloudError('FILE_MISSING', `${path} cannot be read (${cause.code})`, { cause });
  });
  try {
    const mode = (await handle.stat()).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new CloudError(
        'KEY_FILE_EXPOSED',
        `${path}: others on this machine can use this key (mode 0${mode.toString(8)}, 0600 expected); mend it with: chmod 600 ${path}`,
      );
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
