/** For tests: a new key and a certificate for this machine that signed itself. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes tls.pem and certificate.pem. */
export async function writeCertificate(directory: string): Promise<{ certificate: string }> {
  const certificate = join(directory, 'certificate.pem');
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', join(directory, 'tls.pem'), '-out', certificate, '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
  ]);
  return { certificate: await readFile(certificate, 'utf8') };
}
