import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireDataLock } from './data-lock.ts';

const lockModule = new URL('./data-lock.ts', import.meta.url).href;

test('a second holder is refused with the pid of the first, and may follow after release', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lock-'));
  const first = await acquireDataLock(directory);
  await expect(acquireDataLock(directory)).rejects.toThrow(
    `already running as process ${process.pid}`,
  );
  await first.release();
  await (await acquireDataLock(directory)).release();
});

test('the lock of a killed process is free at once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lock-'));
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { acquireDataLock } from ${JSON.stringify(lockModule)};
     globalThis.held = await acquireDataLock(${JSON.stringify(directory)});
     console.log('held');
     setInterval(() => {}, 1000);`,
  ]);
  await once(holder.stdout, 'data');
  await expect(acquireDataLock(directory)).rejects.toThrow(
    `already running as process ${holder.pid}`,
  );
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await acquireDataLock(directory)).release();
});
