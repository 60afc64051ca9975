/**
 * One-time links: the way in for whoever owns the data directory, and for nobody else. Making one is writing a
 * file there, named after the hash of a token; opening one is removing that file.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../errors.ts';

// Long enough to walk to another machine with it, short enough to be gone when it is found.
export const LINK_MS = 600_000;
// Hexadecimal: what begins with a hyphen would be taken for an option of a command.
const TOKEN = /^[0-9a-f]{64}$/;

/** @param data the cloud's data directory. Returns the token. */
export async function makeLink(data: string, now: number): Promise<string> {
  const directory = join(data, 'operator');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeExpired(directory, now);
  const token = randomBytes(32).toString('hex');
  const file = await open(join(directory, nameOf(token)), 'wx', 0o600);
  try {
    await file.writeFile(`${now + LINK_MS}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return token;
}

/** Opens it, once. @throws CloudError LINK_INVALID */
export async function openLink(data: string, token: string, now: number): Promise<void> {
  if (!TOKEN.test(token)) throw invalid();
  const path = join(data, 'operator', nameOf(token));
  const expires = await readLink(path);
  // Whoever removes it has it: of two that come at once, one.
  await unlink(path).catch(() => {
    throw invalid();
  });
  if (!(now < expires)) throw invalid();
}

async function readLink(path: string): Promise<number> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, uid } = await file.stat();
      const ours = uid === process.getuid?.() || uid === 0;
      return ours && (mode & 0o077) === 0 ? Number(await file.readFile('latin1')) : Number.NaN;
    } finally {
      await file.close();
    }
  } catch {
    throw invalid();
  }
}

async function removeExpired(directory: string, now: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('link-')) continue;
    const path = join(directory, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (mtimeMs + LINK_MS < now) await rm(path, { force: true });
  }
}

function nameOf(token: string): string {
  return `link-${createHash('sha256').update(token).digest('hex')}`;
}

function invalid(): CloudError {
  return new CloudError(
    'LINK_INVALID',
    'this link was used already, or is older than ten minutes; make another with: sigill cloud operator-link cloud.yaml',
  );
}
