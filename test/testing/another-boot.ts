/**
 * Boxes of their own on one machine: a process that is told another kernel boot than the machine's.
 * @module
 */
import { randomUUID } from 'node:crypto';

/** Flags for node: a box that has just been started. */
export function anotherBoot(): string[] {
  const preload = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const read = fs.readFileSync;
    fs.readFileSync = (path, ...rest) =>
      path === '/proc/sys/kernel/random/boot_id' ? '${randomUUID()}\\n' : read(path, ...rest);
    syncBuiltinESMExports();`;
  return ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
}
