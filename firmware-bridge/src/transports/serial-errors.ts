/**
 * Why a port does not open, in a sentence that says what to do.
 * @module
 */
import { access, constants, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { TransportError } from '../errors.ts';
import { findLockHolder, findUsers } from './lock-holder.ts';

/** What stands in the way before anything is opened: null if nothing does. */
export async function findObstacle(path: string): Promise<TransportError | null> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENODEV') return missing(path);
    if (code === 'EACCES' || code === 'EPERM') return permission(path, await groupOf(path));
    return new TransportError('PORT_OPEN_FAILED', `${path}: ${(error as Error).message}`);
  }
}

/** What the serialport library's message means. */
export async function explainOpenFailure(path: string, message: string): Promise<TransportError> {
  // Some programs lock a file, some make the port their own (TIOCEXCL): busy it is either way.
  if (/cannot lock port|busy/i.test(message))
    return locked(path, (await findLockHolder(path)) ?? (await findUsers(path))[0] ?? null);
  const obstacle = await findObstacle(path);
  if (obstacle) return obstacle;
  if (/inappropriate ioctl/i.test(message))
    return new TransportError('PORT_OPEN_FAILED', `${path} is not a serial port`);
  return new TransportError('PORT_OPEN_FAILED', `${path} does not open: ${message}`);
}

function missing(path: string): TransportError {
  return new TransportError(
    'PORT_MISSING',
    `there is no port ${path}: is the adapter plugged in? Ports that are: ls /dev/serial/by-id`,
  );
}

export function locked(path: string, holder: string | null): TransportError {
  const who = holder === null ? 'another program' : holder;
  return new TransportError(
    'PORT_LOCKED',
    `${path} is held by ${who}: stop it, and the port is free`,
  );
}

/** `group` is the one that may use the port, null if none may. */
export function permission(
  path: string,
  group: string | null,
  user: string = userInfo().username,
): TransportError {
  // A path comes from the configuration; in quotes the shell takes it as it is.
  const command =
    group === null
      ? `sudo setfacl -m u:${user}:rw '${path}'`
      : `sudo usermod -aG ${group} ${user}, then log in again or restart the service`;
  const rule = group === null ? 'no group may use it' : `it belongs to the group ${group}`;
  return new TransportError(
    'PORT_PERMISSION',
    `${user} may not open ${path}: ${rule}. Run: ${command}`,
  );
}

async function groupOf(path: string): Promise<string | null> {
  try {
    const { gid, mode } = await stat(path);
    const groupMayUseIt = (mode & 0o060) === 0o060;
    if (!groupMayUseIt || gid === 0) return null;
    const lines = (await readFile('/etc/group', 'utf8')).split('\n');
    return lines.find((line) => line.split(':')[2] === String(gid))?.split(':')[0] ?? null;
  } catch {
    return null;
  }
}
