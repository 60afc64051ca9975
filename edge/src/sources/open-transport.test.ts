import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransportError, type TransportState } from '@sigill/firmware-bridge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { openLater } from './open-later.ts';
import { openTransport } from './open-transport.ts';
import { createFakeTransport, OPEN } from './source-fixture.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sigill-way-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a broker elsewhere is told the name, and the password that its file holds', async () => {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, 'a secret\n');
  const said = Promise.withResolvers<string>();
  const server = createServer((socket) =>
    socket.on('data', (bytes) => said.resolve(bytes.toString('latin1'))).on('error', () => {}),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const transport = openTransport({
    ...{ kind: 'mqtt', url: `mqtt://127.0.0.1:${port}`, topics: ['a'] },
    ...{ clientId: null, username: 'box-7', passwordFile, certificate: null },
  });
  transport.start({ chunk: () => {}, state: () => {} });
  const connect = await said.promise;
  expect(connect).toContain('box-7');
  expect(connect.endsWith('a secret')).toBe(true);
  await transport.stop();
  server.close();
});

test('a way that cannot be made waits with its reason, and is made when it can be', async () => {
  const timers = createFakeTimers();
  const states: TransportState[] = [];
  const transport = createFakeTransport();
  let isMended = false;
  const later = openLater(() => {
    if (isMended) return transport;
    throw new TransportError('ADDRESS_INVALID', 'the password file is missing');
  }, timers);
  later.start({ chunk: () => {}, state: (state) => states.push(state) });
  expect(states).toMatchObject([{ status: 'waiting', reason: 'the password file is missing' }]);
  await expect(later.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'NOT_OPEN' });
  isMended = true;
  await timers.advance(5000);
  transport.state(OPEN);
  expect(states.at(-1)).toEqual(OPEN);
  await later.write(Uint8Array.of(0x61));
  expect(transport.sent).toEqual(['a']);
  await later.stop();
  expect(transport.isStopped).toBe(true);
});

test('a password file that cannot be read is named', () => {
  const passwordFile = join(directory, 'none');
  const open = () =>
    openTransport({
      ...{ kind: 'mqtt', url: 'mqtt://127.0.0.1:1', topics: ['a'] },
      ...{ clientId: null, username: 'box-7', passwordFile, certificate: null },
    });
  expect(open).toThrow(`the password file ${passwordFile} cannot be read (ENOENT)`);
});
