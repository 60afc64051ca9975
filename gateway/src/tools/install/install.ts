/**
 * Puts the files of a service in place: durable, and nothing half-written is ever read.
 * @module
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { GatewayError } from '../../errors.ts';
import type { Machine, Ran } from '../machine.ts';
import type { InstallFile, InstallPlan } from './unit.ts';

export interface InstallStep {
  readonly command: readonly [program: string, ...args: string[]];
  /** What a failure of it means; null if it may fail. */
  readonly needed: string | null;
}

/** @throws GatewayError INSTALL_DENIED */
export function placeFiles(root: string, files: readonly InstallFile[]): void {
  for (const { path, content } of files) {
    const place = join(root, path);
    try {
      mkdirSync(dirname(place), { recursive: true });
      const file = openSync(`${place}.new`, 'w', 0o644);
      writeFileSync(file, content);
      fsyncSync(file);
      closeSync(file);
      renameSync(`${place}.new`, place);
    } catch (cause) {
      throw denied(place, cause);
    }
  }
}

/** @throws GatewayError INSTALL_DENIED */
export function removeFiles(root: string, files: readonly InstallFile[]): void {
  for (const { path } of files) {
    try {
      rmSync(join(root, path), { force: true });
    } catch (cause) {
      throw denied(join(root, path), cause);
    }
  }
}

function denied(path: string, cause: unknown): GatewayError {
  const { code } = cause as NodeJS.ErrnoException;
  return new GatewayError(
    'INSTALL_DENIED',
    `${path} cannot be written (${code}); run it as root: sudo npx sigill install FILE`,
    { cause },
  );
}

/** The user has no login and no password; its own directories are its own. */
export function installSteps(plan: InstallPlan): InstallStep[] {
  const { user, data, keys, config } = plan;
  const owned = [data, keys];
  return [
    step(null, 'useradd', '--system', '--home-dir', data, '--shell', '/usr/sbin/nologin', user),
    step(null, 'usermod', '-aG', 'dialout', user),
    step(
      `${data} must belong to ${user}`,
      'install',
      '-d',
      '-o',
      user,
      '-g',
      user,
      '-m',
      '700',
      data,
    ),
    ...owned.map((path) =>
      step(`${path} must belong to ${user}`, 'chown', '-R', `${user}:${user}`, path),
    ),
    step(`${config} must be readable by ${user}`, 'chown', `${user}:${user}`, config),
    step(null, 'udevadm', 'control', '--reload'),
    step(null, 'systemctl', 'restart', 'systemd-journald'),
    step('systemd did not read the new service', 'systemctl', 'daemon-reload'),
    step('the service does not start', 'systemctl', 'enable', '--now', 'sigill'),
  ];
}

export function removeSteps(): InstallStep[] {
  return [
    step(null, 'systemctl', 'disable', '--now', 'sigill'),
    step(null, 'systemctl', 'daemon-reload'),
  ];
}

function step(needed: string | null, ...command: [string, ...string[]]): InstallStep {
  return { command, needed };
}

/** @throws GatewayError INSTALL_FAILED at the first step that is needed and fails */
export async function runSteps(
  machine: Machine,
  steps: readonly InstallStep[],
  tell: (line: string) => void,
): Promise<void> {
  for (const { command, needed } of steps) {
    const [program, ...args] = command;
    const ran = await machine.run(program, args);
    tell(`  ${ran?.code === 0 ? '✓' : needed === null ? '·' : '✗'} ${command.join(' ')}`);
    if (ran?.code !== 0 && needed !== null) throw failed(command, needed, ran);
  }
}

function failed(command: readonly string[], needed: string, ran: Ran | null): GatewayError {
  const said = ran === null ? 'there is no such program' : ran.output.trim().slice(0, 500);
  return new GatewayError('INSTALL_FAILED', `${needed}: ${command.join(' ')}: ${said}`);
}
