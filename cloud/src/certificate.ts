/** The certificate that boxes see when they call this cloud, as the hash they pin. */
import { createHash, X509Certificate } from 'node:crypto';
import { type CloudConfig, PIN } from './config.ts';
import { readGiven } from './config-file.ts';
import { CloudError } from './errors.ts';

/** Null where no TLS is. @throws CloudError FILE_MISSING, CONFIG_INVALID */
export async function readCertificatePin({
  public: told,
  listen,
}: Pick<CloudConfig, 'public' | 'listen'>): Promise<Uint8Array | null> {
  const given = told === null ? (listen.tls?.certificate ?? null) : told.certificate;
  if (given === null)
    return told === null || !told.url.startsWith('https:') ? null : needed(told.url);
  if (PIN.test(given)) return Uint8Array.from(Buffer.from(given.slice('sha256/'.length), 'base64'));
  return hashOf(given);
}

async function hashOf(path: string): Promise<Uint8Array> {
  const pem = await readGiven(path);
  try {
    // The first of the file: a server shows its own certificate before those that vouch for it.
    return Uint8Array.from(createHash('sha256').update(new X509Certificate(pem).raw).digest());
  } catch (cause) {
    throw new CloudError('CONFIG_INVALID', `${path}: a certificate in PEM is expected`, { cause });
  }
}

function needed(url: string): never {
  throw new CloudError(
    'CONFIG_INVALID',
    `public.certificate: found nothing; write the certificate that boxes see at ${url}, as sha256/… or its PEM file: they compare it with this one, so that nobody stands in between`,
  );
}
