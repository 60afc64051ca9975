import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readClientsFile } from '../broker/clients-file.ts';
import { isPassword } from '../broker/passwords.ts';
import { gatewayClientAdd, gatewayClientList, gatewayClientRemove } from './client.ts';
import { runCommand } from './io-fixture.ts';

const PIN = `sha256/${Buffer.alloc(32, 7).toString('base64')}`;
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'client-'));
  file = join(directory, 'gateway.yaml');
  writeFileSync(
    file,
    'broker: { listen: [{ host: 127.0.0.1, port: 1883 }], clients: clients.json }\n',
  );
});
const clients = () => readClientsFile(join(directory, 'clients.json'));
const add = (...args: string[]) => runCommand(gatewayClientAdd, file, ...args);

describe('sigill gateway client', () => {
  it('add makes a password, says it once and keeps its hash alone', async () => {
    const { code, out } = await add('bin-7', '--publish', 'bins/7/#', '--publish', 'bins/all');
    expect(code).toBe(0);
    const [, password = ''] = /Password {2}(\S+)/.exec(out) ?? [];
    const [client] = clients();
    expect(client).toMatchObject({
      name: 'bin-7',
      publish: ['bins/7/#', 'bins/all'],
      subscribe: [],
    });
    expect(await isPassword(new TextEncoder().encode(password), client!.password!)).toBe(true);
    expect(statSync(join(directory, 'clients.json')).mode & 0o777).toBe(0o600);
  });

  it('add grants more to one that is there, whose password stays', async () => {
    await add('bin-7', '--publish', 'bins/7/#');
    const before = clients()[0];
    const { out } = await add('bin-7', '--subscribe', 'commands/7');
    expect(out).not.toContain('Password');
    expect(clients()).toEqual([{ ...before, subscribe: ['commands/7'] }]);
    const { out: again } = await add('bin-7', '--new-password');
    expect(again).toContain('Password');
    expect(clients()[0]?.password).not.toEqual(before?.password);
  });

  it('add with a certificate makes no password', async () => {
    const { out } = await add('bin-7', '--publish', 'a', '--certificate', PIN);
    expect(out).not.toContain('Password');
    expect(clients()[0]).toMatchObject({ password: null, certificate: PIN });
  });

  it('list shows who may do what, and no hash', async () => {
    await add('bin-7', '--publish', 'bins/7/#');
    const { out } = await runCommand(gatewayClientList, file);
    expect(out).toBe('bin-7  (password)\n  sends  bins/7/#\n  hears  nothing\n');
    const { out: json } = await runCommand(gatewayClientList, file, '--json');
    expect(JSON.parse(json)).toEqual([
      { name: 'bin-7', certificate: null, publish: ['bins/7/#'], subscribe: [], hasPassword: true },
    ]);
  });

  it('remove takes one out', async () => {
    await add('bin-7', '--publish', 'a');
    await add('bin-8', '--publish', 'a');
    expect((await runCommand(gatewayClientRemove, file, 'bin-7')).code).toBe(0);
    expect(clients().map(({ name }) => name)).toEqual(['bin-8']);
    const { code, err } = await runCommand(gatewayClientRemove, file, 'bin-7');
    expect(code).toBe(2);
    expect(err).toContain('no such client');
  });

  it.each([
    [['bin 7', '--publish', 'a'], 'letters, digits'],
    [['a'.repeat(32), '--publish', 'a'], 'an agent'],
    [['bin-7'], 'neither send nor hear'],
    [['bin-7', '--publish', 'a/#/b'], 'no topic filter'],
    [['bin-7', '--subscribe', '$SYS/#'], 'the broker’s own'],
    [['bin-7', '--publish', 'sigill/1/up/x'], 'for agents'],
    [['bin-7', '--publish', 'a', '--certificate', 'x'], 'sha256/'],
    [['bin-7', '--secret', 'x'], '--secret'],
  ])('add refuses %j with what to write', async (args, said) => {
    const { code, err } = await add(...args);
    expect(code).toBe(2);
    expect(err.replaceAll("'", '’')).toContain(said);
    expect(() => clients()).toThrow();
  });

  it('says what to add to a gateway without a broker', async () => {
    writeFileSync(file, 'name: x\n');
    const { code, err } = await add('bin-7', '--publish', 'a');
    expect(code).toBe(2);
    expect(err).toContain('broker: { listen:');
  });
});
