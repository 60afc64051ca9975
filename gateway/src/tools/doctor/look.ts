import { userInfo } from 'node:os';
import manifest from '../../../package.json' with { type: 'json' };
import { createMachine } from '../machine.ts';
import type { Box } from './box.ts';
import { createNetwork } from './network.ts';
import { askRunning, findConfig, readBoxConfig } from './read-box.ts';

/** The box this process runs on. @param file null: the configuration is looked for */
export async function lookAtThisBox(file: string | null): Promise<Box> {
  const { config, configFault } = readBoxConfig(findConfig(file));
  const { username, uid } = userInfo();
  return {
    machine: createMachine(),
    config,
    configFault,
    running: await askRunning(config),
    user: { name: username, uid },
    runtime: { node: process.versions.node, arch: process.arch, platform: process.platform },
    version: manifest.version,
    now: Date.now,
    network: createNetwork(),
  };
}
