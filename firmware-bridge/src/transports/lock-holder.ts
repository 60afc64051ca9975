/**
 * Who holds a port: by a lock, as well-behaved programs do, or by simply having it open.
 * @module
 */
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';

/** Such as `ModemManager (process 512)`; null where nobody holds its lock, or the system does not tell. */
export async function findLockHolder(path: string): Promise<string | null> {
  try {
    const file = await stat(path);
    const pid = holderOf(await readFile('/proc/locks', 'utf8'), file);
    return pid === null ? null : nameOf(pid);
  } catch {
    return null;
  }
}

/**
 * Everybody who has the port open, lock or not, this process and its children apart. Of other users' programs only root
 * learns.
 */
export async function findUsers(path: string): Promise<string[]> {
  const device = await realpath(path).catch(() => path);
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const users: string[] = [];
  for (const pid of pids) {
    if (Number(pid) === process.pid) continue;
    if ((await hasOpen(pid, device)) && (await parentOf(pid)) !== process.pid)
      users.push(await nameOf(Number(pid)));
  }
  return users;
}

async function hasOpen(pid: string, device: string): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const file of files)
    if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) === device) return true;
  return false;
}

async function nameOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
  return `${command.trim()} (process ${pid})`;
}

// The fourth field of /proc/PID/stat; the second, a name, may hold spaces but ends with a bracket.
async function parentOf(pid: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(text.slice(text.lastIndexOf(')')).split(' ')[2]);
}

/**
 * A line of /proc/locks:  `1: FLOCK  ADVISORY  WRITE 4711 00:19:3 0 EOF`, behind the process the device, major and minor
 * in hexadecimal, and the inode.
 */
export function holderOf(
  locks: string,
  file: { readonly dev: number; readonly ino: number },
): number | null {
  const place = `${deviceOf(file.dev)}:${file.ino}`;
  for (const line of locks.split('\n')) {
    const [, kind, , , pid, locked] = line.trim().split(/\s+/);
    if (kind === 'FLOCK' && locked === place && Number(pid) > 0) return Number(pid);
  }
  return null;
}

/** As the kernel prints it (%02x:%02x); the number packs twelve bits of major between twenty of minor. */
function deviceOf(dev: number): string {
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
}
