import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LINK_MS, makeLink, openLink } from './links.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'sigill-links-'));
});
afterEach(() => rm(data, { recursive: true }));

const NOW = Date.now();
const invalid = expect.objectContaining({ code: 'LINK_INVALID' });
const files = () => readdir(join(data, 'operator'));

describe('a one-time link', () => {
  it('opens once', async () => {
    const token = await makeLink(data, NOW);
    await openLink(data, token, NOW);
    await expect(openLink(data, token, NOW)).rejects.toEqual(invalid);
  });

  it('opens for one of two that come at once', async () => {
    const token = await makeLink(data, NOW);
    const results = await Promise.allSettled([1, 2, 3].map(() => openLink(data, token, NOW)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is over after ten minutes', async () => {
    const token = await makeLink(data, NOW);
    await expect(openLink(data, token, NOW + LINK_MS)).rejects.toEqual(invalid);
  });

  it('does not stand in the directory, and its file is its owner’s alone', async () => {
    const token = await makeLink(data, NOW);
    const [name = ''] = await files();
    expect(name).not.toContain(token);
    expect((await stat(join(data, 'operator'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(data, 'operator', name))).mode & 0o777).toBe(0o600);
  });

  it('opens nothing when others could have written its file', async () => {
    const token = await makeLink(data, NOW);
    const [name = ''] = await files();
    await chmod(join(data, 'operator', name), 0o622);
    await expect(openLink(data, token, NOW)).rejects.toEqual(invalid);
  });

  it.each(['', 'a'.repeat(64), '../../etc/passwd', 'A'.repeat(64), '0'.repeat(65)])(
    'that nobody made opens nothing: %j',
    async (token) => {
      await makeLink(data, NOW);
      await expect(openLink(data, token, NOW)).rejects.toEqual(invalid);
    },
  );

  it('leaves nothing behind when it was never used', async () => {
    await makeLink(data, NOW);
    await makeLink(data, NOW + 3 * LINK_MS);
    expect(await files()).toHaveLength(1);
  });
});
