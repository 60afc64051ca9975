import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReadRights, openReadRights } from './read-rights.ts';

const TOKEN = 'q8WmB2nq0Xo7m1c9Zt5yK4r3V6u8s0Aa';
const OTHER = 'Zz9WmB2nq0Xo7m1c9Zt5yK4r3V6u8s0A';

describe('a right to read entries', () => {
  const rights = createReadRights(`# of the town\na/house ${TOKEN}\n\n* ${OTHER}\n`);

  it('is for its log, whatever that is called in a later generation', () => {
    expect(rights.mayRead(['a/house'], `Bearer ${TOKEN}`)).toBe(true);
    expect(rights.mayRead(['a/house/2', 'a/house'], `bearer  ${TOKEN}`)).toBe(true);
    expect(rights.mayRead(['a/barn'], `Bearer ${TOKEN}`)).toBe(false);
    expect(rights.mayRead(['a/barn'], `Bearer ${OTHER}`)).toBe(true);
  });

  it.each([undefined, '', TOKEN, `Basic ${TOKEN}`, 'Bearer', `Bearer ${TOKEN}x`, 'Bearer *'])(
    'is not shown by %j',
    (authorization) => {
      expect(rights.mayRead(['a/house'], authorization)).toBe(false);
    },
  );

  it('is nobody’s while no file says so', async () => {
    const none = await openReadRights(null);
    expect(none.mayRead(['a/house'], 'Bearer ')).toBe(false);
    expect(none.mayRead(['a/house'], undefined)).toBe(false);
  });

  it.each([`a/house ${TOKEN.slice(1)}`, TOKEN, `a/house  ${TOKEN}`, `a b ${TOKEN}`])(
    'is refused by its line, and never printed: %s',
    (line) => {
      expect(() => createReadRights(`\n${line}`, 'tokens')).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: expect.stringMatching(/^tokens:2: (?!.*q8WmB2)/),
        }),
      );
    },
  );

  it('is not one of thousands', () => {
    const text = Array.from({ length: 1001 }, () => `* ${TOKEN}`).join('\n');
    expect(() => createReadRights(text, 'tokens')).toThrow('1000 at most');
  });
});

describe('the file of rights', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sigill-rights-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is for its owner alone', async () => {
    const path = join(directory, 'tokens');
    await writeFile(path, `* ${TOKEN}\n`, { mode: 0o600 });
    expect((await openReadRights(path)).mayRead(['a'], `Bearer ${TOKEN}`)).toBe(true);
    await chmod(path, 0o640);
    await expect(openReadRights(path)).rejects.toMatchObject({ code: 'KEY_FILE_EXPOSED' });
    await expect(openReadRights(join(directory, 'no'))).rejects.toMatchObject({
      code: 'FILE_MISSING',
    });
  });
});
