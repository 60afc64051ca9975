import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openPseudoTerminal } from '../simulators/pseudo-terminal.ts';
import { findUsers, holderOf } from './lock-holder.ts';
import { explainOpenFailure, findObstacle, locked, permission } from './serial-errors.ts';

describe('why a port does not open', () => {
  it('names the group that may use it, and the command that mends it', () => {
    const error = permission('/dev/ttyUSB0', 'dialout', 'anna');
    expect(error.code).toBe('PORT_PERMISSION');
    expect(error.message).toBe(
      'anna may not open /dev/ttyUSB0: it belongs to the group dialout. ' +
        'Run: sudo usermod -aG dialout anna, then log in again or restart the service',
    );
  });

  it('gives the user the port itself where no group may use it', () => {
    expect(permission('/dev/ttyS9', null, 'anna').message).toContain(
      "Run: sudo setfacl -m u:anna:rw '/dev/ttyS9'",
    );
  });

  it('names who holds it', () => {
    expect(locked('/dev/ttyUSB0', 'ModemManager (process 512)').message).toBe(
      '/dev/ttyUSB0 is held by ModemManager (process 512): stop it, and the port is free',
    );
    expect(locked('/dev/ttyUSB0', null).message).toContain('another program');
  });

  it('finds nothing wrong with a port that may be used', async () => {
    expect(await findObstacle('/dev/null')).toBeNull();
  });

  it('finds the port missing', async () => {
    expect((await findObstacle('/dev/no-such-port'))?.code).toBe('PORT_MISSING');
    expect((await findObstacle('/dev/null/port'))?.code).toBe('PORT_MISSING');
  });

  it('tells what it does not know in the words of the system', async () => {
    const error = await explainOpenFailure('/dev/null', 'Error: Input/output error');
    expect([error.code, error.message]).toEqual([
      'PORT_OPEN_FAILED',
      '/dev/null does not open: Error: Input/output error',
    ]);
  });
});

describe('who holds a lock', () => {
  const LOCKS = [
    '1: POSIX  ADVISORY  READ  400 fd:01:91 0 EOF',
    '2: FLOCK  ADVISORY  WRITE 600 00:19:91 0 EOF',
    '3: FLOCK  ADVISORY  WRITE -1 00:18:92 0 EOF',
    '4: FLOCK  ADVISORY  WRITE 512 00:18:91 0 EOF',
  ].join('\n');

  it('is the process with a lock on that inode of that device', () => {
    expect(holderOf(LOCKS, { dev: 0x18, ino: 91 })).toBe(512);
    expect(holderOf('1: FLOCK ADVISORY WRITE 7 103:02:5 0 EOF', { dev: 0x10302, ino: 5 })).toBe(7);
  });

  it('is nobody where there is no such lock, or none of this machine', () => {
    expect(holderOf(LOCKS, { dev: 0x17, ino: 91 })).toBeNull();
    expect(holderOf(LOCKS, { dev: 0x18, ino: 92 })).toBeNull();
    expect(holderOf('', { dev: 0x18, ino: 91 })).toBeNull();
  });
});

describe('who has a port open', () => {
  it('is told, lock or not, this process and its children apart', async () => {
    const terminal = await openPseudoTerminal();
    const own = spawn('cat', [terminal.path], { stdio: 'ignore' });
    // As somebody else would: its parent is a shell that is not ours any more.
    const other = spawn('sh', ['-c', `exec 3<${terminal.path}; sleep 60 & echo $!; wait`]);
    const [pid] = await once(other.stdout, 'data');
    await expect
      .poll(() => findUsers(terminal.path))
      .toContain(`sleep (process ${Number(String(pid))})`);
    expect((await findUsers(terminal.path)).join()).not.toContain(`(process ${own.pid})`);
    process.kill(Number(String(pid)));
    own.kill();
    await terminal.close();
  });

  it('is nobody where nobody has', async () => {
    expect(await findUsers('/dev/no-such-port')).toEqual([]);
  });
});
