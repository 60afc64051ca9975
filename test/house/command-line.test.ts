import { describe, expect, it } from 'vitest';
import { runSigill } from '../testing/sigill-process.ts';

const COMMANDS = [
  'demo',
  'drivers',
  'decode',
  'simulate',
  'gateway init',
  'gateway run',
  'cloud run',
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
});
