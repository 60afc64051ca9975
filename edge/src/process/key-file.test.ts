import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createKeyFile, readKeyFile } from './key-file.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'keys-')), 'agent.pem');
});

test('a key is read back as it was made, and only its owner can read it', () => {
  const made = createKeyFile(path);
  const read = readKeyFile(path);
  expect(read.publicKey).toEqual(made.publicKey);
  expect(read.sign(Buffer.from('x'))).toEqual(made.sign(Buffer.from('x')));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a key is never overwritten', () => {
  const made = createKeyFile(path);
  expect(() => createKeyFile(path)).toThrow('never overwritten');
  expect(readKeyFile(path).publicKey).toEqual(made.publicKey);
});

test.each([0o640, 0o604, 0o660, 0o644])(
  'mode %o is refused with the command that mends it',
  (mode) => {
    createKeyFile(path);
    chmodSync(path, mode);
    expect(() => readKeyFile(path)).toThrow(
      `(mode 0${mode.toString(8)}, expected 0600); mend it with: chmod 600 ${path}`,
    );
  },
);

test('a missing key says so', () => {
  expect(() => readKeyFile(path)).toThrow(`${path} cannot be read (ENOENT)`);
});

test.each(['', 'not a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
  'a file with %j in it is refused',
  (content) => {
    writeFileSync(path, content, { mode: 0o600 });
    expect(() => readKeyFile(path)).toThrow('expected one PKCS8 private key');
  },
);
