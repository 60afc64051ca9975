import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startAnvil } from './anvil.ts';
import { createJsonRpc } from './json-rpc.ts';

it('answers when it has started, on an address of this machine alone', async () => {
  const anvil = await startAnvil(['--chain-id', '7']);
  expect(anvil.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await anvil.call('eth_chainId')).toBe('0x7');
  await anvil.kill();
  await expect(anvil.call('eth_chainId')).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
});

it('says why it does not start', async () => {
  await expect(startAnvil(['--no-such-option'])).rejects.toMatchObject({
    code: 'DEVELOPMENT_LEDGER_FAILED',
    message: expect.stringContaining('--no-such-option'),
  });
});

it('dies with its parent, even when that is killed', async () => {
  const script = `import { startAnvil } from ${JSON.stringify(join(import.meta.dirname, 'anvil.ts'))};
    console.log((await startAnvil([])).url); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (line) => resolve(String(line).trim())),
  );
  const rpc = createJsonRpc(url, 1000);
  expect(await rpc.call('eth_blockNumber')).toBe('0x0');
  parent.kill('SIGKILL');
  const gone = () =>
    rpc.call('eth_blockNumber').then(
      () => false,
      () => true,
    );
  while (!(await gone())) await new Promise((resolve) => setTimeout(resolve, 10));
});
