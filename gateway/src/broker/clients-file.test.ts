import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeClientsFile, formatClients, parseClients, readClientsFile } from './clients-file.ts';
import { generatePassword, hashPassword, isPassword } from './passwords.ts';

const hash = await hashPassword('right', new Uint8Array(16).fill(7));
const one = { name: 'one', password: hash, certificate: null, publish: ['a/#'], subscribe: [] };
const pin = `sha256/${Buffer.alloc(32).toString('base64')}`;
const two = { name: 'two', password: null, certificate: pin, publish: [], subscribe: ['b/+'] };

describe('the clients file', () => {
  it('is read as it was written', () => {
    expect(parseClients(formatClients([one, two]), 'file')).toEqual([one, two]);
  });

  it('is made, changed and kept from others', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'clients-')), 'clients.json');
    changeClientsFile(path, () => [one]);
    changeClientsFile(path, (clients) => [...clients, two]);
    expect(readClientsFile(path)).toEqual([one, two]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o640);
    expect(() => readClientsFile(path)).toThrow(
      expect.objectContaining({ code: 'KEY_FILE_EXPOSED' }),
    );
  });

  it('stays as it was when a change is not made', () => {
    const directory = mkdtempSync(join(tmpdir(), 'clients-'));
    const path = join(directory, 'clients.json');
    changeClientsFile(path, () => [one]);
    const before = readFileSync(path, 'utf8');
    const fails = () =>
      changeClientsFile(path, () => {
        throw new Error('no');
      });
    expect(fails).toThrow('no');
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(directory)).toEqual(['clients.json']);
  });

  it('is changed by one command at a time', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'clients-')), 'clients.json');
    writeFileSync(`${path}.new`, '');
    const change = () => changeClientsFile(path, () => [one]);
    expect(change).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }));
  });

  it.each([
    ['not JSON', 'nonsense'],
    ['no list', '{}'],
    ['an unknown key', listOf({ name: 'a', certificate: pin, sees: 'all' })],
    ['a name with a slash', listOf({ name: 'a/b', certificate: pin })],
    ['a name as agents have', listOf({ name: 'a'.repeat(32), certificate: pin })],
    ['neither password nor certificate', listOf({ name: 'a' })],
    ['a password as text', listOf({ name: 'a', password: 'right' })],
    [
      'a hash that would take gigabytes',
      listOf({ name: 'a', password: { ...written(), scrypt: [1 << 24, 8, 1] } }),
    ],
    ['a certificate that is no pin', listOf({ name: 'a', certificate: 'sha256/x' })],
    ['a filter with # in its middle', listOf({ name: 'a', certificate: pin, publish: ['a/#/b'] })],
    ['topics of agents', listOf({ name: 'a', certificate: pin, subscribe: ['sigill/1/down/+'] })],
    ['shared subscriptions', listOf({ name: 'a', certificate: pin, subscribe: ['$share/a/b'] })],
    ['a name twice', listOf({ name: 'a', certificate: pin }, { name: 'a', certificate: pin })],
  ])('is refused with %s', (_title, text) => {
    expect(() => parseClients(text, 'file')).toThrow(
      expect.objectContaining({ code: 'BROKER_CLIENTS_INVALID' }),
    );
  });
});

describe('a password', () => {
  it('is known by its hash alone', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(await isPassword(bytes('right'), hash)).toBe(true);
    expect(await isPassword(bytes('wrong'), hash)).toBe(false);
  });

  it('is made of characters that cannot be mistaken for each other', () => {
    const made = Array.from({ length: 100 }, generatePassword);
    for (const password of made)
      expect(password).toMatch(/^([0-9a-hjkmnp-tv-z]{5}-){4}[0-9a-hjkmnp-tv-z]{5}$/);
    expect(new Set(made).size).toBe(100);
  });
});

function written() {
  return JSON.parse(formatClients([one])).clients[0].password;
}

function listOf(...clients: object[]): string {
  return JSON.stringify({ version: 1, clients });
}
