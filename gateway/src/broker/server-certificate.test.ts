import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeServerCertificate, openServerCertificate, pinOf } from './server-certificate.ts';

const names = ['box.local', 'xn--hrn-xla.example', '192.168.1.5', 'fd00::1:2'];

describe('a server certificate', () => {
  it('is for its names, from 2020 to 2120, signed by its own key, and no authority', () => {
    const { key, certificate, pin } = makeServerCertificate(names);
    const parsed = new X509Certificate(certificate);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.ca).toBe(false);
    expect(parsed.subject).toBe('CN=box.local');
    expect(parsed.validFromDate).toEqual(new Date('2020-01-01T00:00:00Z'));
    expect(parsed.validToDate).toEqual(new Date('2120-01-01T00:00:00Z'));
    expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    for (const name of names.slice(0, 2)) expect(parsed.checkHost(name)).toBe(name);
    expect(parsed.checkIP('192.168.1.5')).toBe('192.168.1.5');
    expect(parsed.checkIP('fd00::1:2')).toBe('fd00::1:2');
    expect(parsed.checkHost('other.local')).toBeUndefined();
    expect(pin).toBe(pinOf(parsed.raw));
  });

  it('is trusted by a client that has it as its authority', async () => {
    const { key, certificate } = makeServerCertificate(['localhost']);
    const server = createServer({ key, cert: certificate }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const heard = await new Promise((resolve, reject) => {
      const client = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certificate });
      client.on('data', (bytes) => resolve(bytes.toString())).on('error', reject);
    });
    expect(heard).toBe('hello');
    await new Promise((resolve) => server.close(resolve));
  });

  it('is made where there is none, and stays', () => {
    const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
    const paths = { key: join(directory, 'tls.pem'), certificate: join(directory, 'tls.crt') };
    const made = openServerCertificate(paths, names);
    expect(openServerCertificate(paths, ['other'])).toEqual(made);
    rmSync(paths.certificate);
    const again = openServerCertificate(paths, names);
    expect(again.key).toBe(made.key);
    expect(openServerCertificate(paths, names)).toEqual(again);
  });

  it('of another key is refused', () => {
    const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
    const first = { key: join(directory, '1.pem'), certificate: join(directory, '1.crt') };
    const second = { key: join(directory, '2.pem'), certificate: join(directory, '2.crt') };
    openServerCertificate(first, names);
    openServerCertificate(second, names);
    const mixed = () => openServerCertificate({ ...first, key: second.key }, names);
    expect(mixed).toThrow(expect.objectContaining({ code: 'KEY_FILE_INVALID' }));
  });
});
