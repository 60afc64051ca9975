import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { type FakeCloud, startFakeCloud } from './cloud-fake.ts';
import { certificateOf, createHttpClient, formatPin, type HttpClient } from './http-client.ts';

const never = new AbortController().signal;
const state = { method: 'GET', path: '/ingest/v1/state' } as const;

let first: { key: string; cert: string };
let second: { key: string; cert: string };
let cloud: FakeCloud;
let http: HttpClient;

beforeAll(() => {
  first = selfSigned();
  second = selfSigned();
});

async function start(tls?: { key: string; cert: string }): Promise<void> {
  const witness = { name: 'witness.example', signer: newSigner() };
  const logKey = newSigner().publicKey;
  cloud = await startFakeCloud({ origin: 'a.example', logKey, witness, ...(tls ? { tls } : {}) });
}

afterEach(async () => {
  http?.close();
  await cloud?.close();
});

describe('over HTTPS', () => {
  test('the pinned certificate is the cloud, whoever signed it', async () => {
    await start(first);
    const pin = await certificateOf(cloud.url, never);
    expect(formatPin(pin)).toMatch(/^sha256\/[A-Za-z0-9+/]{43}=$/);
    http = createHttpClient(cloud.url, pin);
    expect((await http.request(state, never)).status).toBe(200);
    expect((await http.request(state, never)).status).toBe(200);
  });

  test('another certificate is refused before a byte of the request is sent', async () => {
    await start(first);
    const pin = await certificateOf(cloud.url, never);
    await cloud.close();
    await start(second);
    http = createHttpClient(cloud.url, pin);
    await expect(http.request(state, never)).rejects.toMatchObject({
      code: 'CLOUD_CERTIFICATE_MISMATCH',
      retryable: true,
    });
    expect(cloud.requests).toEqual([]);
  });

  test('without a pin nobody is the cloud', async () => {
    await start(first);
    http = createHttpClient(cloud.url, null);
    await expect(http.request(state, never)).rejects.toMatchObject({
      code: 'CLOUD_CERTIFICATE_MISMATCH',
    });
  });

  test('a server without TLS is unreachable', async () => {
    await start();
    http = createHttpClient(new URL(`https://${cloud.url.host}`), new Uint8Array(32));
    await expect(http.request(state, never)).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE' });
  });
});

describe('over plain HTTP', () => {
  test('this machine is talked to', async () => {
    await start();
    http = createHttpClient(cloud.url, null);
    expect((await http.request(state, never)).status).toBe(200);
  });

  test.each(['http://cloud.example', 'http://10.0.0.7:7445', 'http://127.0.0.1.example'])(
    '%s is refused with the remedy',
    (address) => {
      expect(() => createHttpClient(new URL(address), null)).toThrow(
        'give the cloud a certificate (listen.tls in cloud.yaml), write https://',
      );
    },
  );

  test('nobody listening is unreachable, and may be tried again', async () => {
    await start();
    http = createHttpClient(cloud.url, null);
    await cloud.close();
    await expect(http.request(state, never)).rejects.toMatchObject({
      code: 'CLOUD_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await start();
  });
});

function selfSigned(): { key: string; cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tls-'));
  const key = join(directory, 'key.pem');
  const cert = join(directory, 'cert.pem');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=cloud.example'],
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
