import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { NODE, runSigill } from '../testing/sigill-process.ts';

const COMMANDS = [
  'demo',
  'drivers',
  'decode',
  'simulate',
  'tag',
  'gateway init',
  'gateway enroll',
  'gateway run',
  'gateway invite',
  'gateway approve',
  'gateway new-generation',
  'gateway password',
  'gateway client add',
  'gateway client list',
  'gateway client remove',
  'notary init',
  'notary deploy',
  'notary run',
  'ports',
  'doctor',
  'status',
  'tail',
  'support',
  'install',
  'agent init',
  'agent enroll',
  'agent run',
  'cloud init',
  'cloud run',
  'cloud invite',
  'cloud approve',
  'cloud revoke',
  'cloud operator-link',
  'cloud erase',
  'cloud bring',
  'cloud rebuild',
  'register sign',
  'register succeed',
  'witness init',
  'witness run',
  'witness prove-fork',
  'prove',
  'verify',
];

describe('sigill', () => {
  it('names every command with what it does', async () => {
    const { code, stdout } = await runSigill(['--help']);
    expect(code).toBe(0);
    const told = stdout.split('\n').filter((line) => line.startsWith('  '));
    expect(told.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(COMMANDS);
  });

  it.each(COMMANDS)('%s has help that begins with its usage', async (command) => {
    const { code, stdout } = await runSigill([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: /);
    expect(stdout).toContain(command);
  });

  it('answers an unknown command with the list and exit code 2', async () => {
    const { code, stderr } = await runSigill(['gateway', 'fly']);
    expect(code).toBe(2);
    expect(stderr).toContain('unknown command: gateway fly');
    expect(stderr).toContain('gateway init');
  });

  it('says in one sentence what to run when its packages are not installed', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'sigill-empty-'));
    await copyFile(join(import.meta.dirname, '../../sigill.mjs'), join(empty, 'sigill.mjs'));
    const started = promisify(execFile)(NODE, [join(empty, 'sigill.mjs'), 'demo']);
    await expect(started).rejects.toMatchObject({
      code: 3,
      stderr: 'Sigill cannot start: its packages are not installed. Run: npm ci\n',
    });
    await rm(empty, { recursive: true });
  });
});
