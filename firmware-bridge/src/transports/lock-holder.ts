/**
 * Who holds a port's lock.
 * @module
 */
import { readFile, stat } from 'node:fs/promises';

/** Such as `modem-manager (process 512)`; null where the system does not tell. */
export async function findLockHolder(path: string): Promise<string | null> {
  try {
    const { ino } = await stat(path);
    const pid = holderOf(await readFile('/proc/locks', 'utf8'), ino);
    if (pid === null) return null;
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
    return `${command.trim()} (process ${pid})`;
  } catch {
    return null;
  }
}

/** A line of /proc/locks:  `1: FLOCK  ADVISORY  WRITE 4711 00:19:3 0 EOF`, the number behind the device being the inode. */
export function holderOf(locks: string, inode: number): number | null {
  for (const line of locks.split('\n')) {
    const [, kind, , , pid, file] = line.trim().split(/\s+/);
    if (kind === 'FLOCK' && file?.split(':')[2] === String(inode)) return Number(pid);
  }
  return null;
}
