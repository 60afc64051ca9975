import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { installSteps, placeFiles, removeFiles, runSteps } from './install.ts';
import { type InstallPlan, installFiles } from './unit.ts';

const PLAN: InstallPlan = {
  kind: 'gateway',
  name: 'house-17-gateway',
  config: '/etc/sigill/gateway.yaml',
  data: '/var/lib/sigill',
  keys: '/etc/sigill/keys',
  node: '/opt/sigill/node',
  program: '/opt/sigill/sigill.mjs',
  user: 'sigill',
  logMebibytes: 100,
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sigill-install-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the service', () => {
  const unit = installFiles(PLAN)[0]!.content;

  it('runs the configured box, comes back after every end, and waits for no network', () => {
    expect(unit).toContain(
      'ExecStart=/opt/sigill/node /opt/sigill/sigill.mjs gateway run /etc/sigill/gateway.yaml',
    );
    expect(unit).toContain('Restart=always');
    expect(unit).toContain('StartLimitIntervalSec=0');
    expect(unit).not.toContain('network-online');
  });

  it('takes no more memory than a small box has to give', () => {
    expect(unit).toContain('Environment="NODE_OPTIONS=--max-semi-space-size=4 ');
    expect(unit).toContain('MALLOC_ARENA_MAX=2');
  });

  it('may write its data and keys, open serial ports, and nothing else', () => {
    expect(unit).toContain('ReadWritePaths=-/var/lib/sigill -/etc/sigill -/etc/sigill/keys');
    expect(unit).toContain('ProtectSystem=strict');
    expect(unit).toContain('CapabilityBoundingSet=\n');
    expect(
      unit.match(/^DeviceAllow=.*/gm)?.every((line) => line.startsWith('DeviceAllow=char-')),
    ).toBe(true);
  });

  it('takes paths with blanks, per cents and dollars as they are', () => {
    const [odd] = installFiles({ ...PLAN, config: '/srv/my site/50%/$x.yaml' });
    expect(odd?.content).toContain('run /srv/my\\x20site/50%%/$$x.yaml');
  });
});

describe('installing', () => {
  it('places service, udev rules and log bounds, and takes them away again', () => {
    const files = installFiles(PLAN);
    placeFiles(root, files);
    for (const { path, content } of files)
      expect(readFileSync(join(root, path), 'utf8')).toBe(content);
    placeFiles(root, files);
    removeFiles(root, files);
    for (const { path } of files) expect(existsSync(join(root, path))).toBe(false);
  });

  it('goes on when the user exists already, and stops where the service does not start', async () => {
    const told: string[] = [];
    const machine = {
      ...createMachine(root),
      run: async (program: string, args: readonly string[]) => {
        if (program === 'useradd') return { code: 9, output: 'user exists' };
        return { code: args[0] === 'enable' ? 1 : 0, output: 'Job for sigill.service failed' };
      },
    };
    const running = runSteps(machine, installSteps(PLAN), (line) => told.push(line));
    await expect(running).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining('Job for sigill.service failed'),
    });
    expect(told[0]).toContain('· useradd');
    expect(told.at(-1)).toContain('✗ systemctl enable');
  });
});
