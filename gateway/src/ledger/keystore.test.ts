import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeystore, openKeystore, passwordPath } from './keystore.ts';

describe('the keystore', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keystore-'));
    path = join(directory, 'anchor.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('holds a new account that its password file opens, both for their owner alone', async () => {
    const address = await createKeystore(path);
    expect((await openKeystore(path)).address.toLowerCase()).toBe(address);
    for (const file of [path, passwordPath(path)]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('"kdf":"scrypt"');
  });

  it('is never overwritten', async () => {
    await createKeystore(path);
    await expect(createKeystore(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  it('is refused when others may read it or its password', async () => {
    await createKeystore(path);
    for (const file of [path, passwordPath(path)]) {
      chmodSync(file, 0o640);
      await expect(openKeystore(path)).rejects.toMatchObject({ code: 'KEY_FILE_EXPOSED' });
      chmodSync(file, 0o600);
    }
  });

  it('is refused with another password, and when it is no keystore', async () => {
    await createKeystore(path);
    writeFileSync(passwordPath(path), 'another\n');
    await expect(openKeystore(path)).rejects.toMatchObject({ code: 'KEYSTORE_INVALID' });
    writeFileSync(path, '{}');
    await expect(openKeystore(path)).rejects.toMatchObject({ code: 'KEYSTORE_INVALID' });
  });

  it('says which file is missing', async () => {
    await expect(openKeystore(path)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });
});
