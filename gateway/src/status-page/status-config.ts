/**
 * Where the gateway's own page listens.
 * @module
 */
import type { ConfigSection } from '@sigill/edge';
import type { CertificatePaths } from '../broker/server-certificate.ts';

export interface StatusConfig {
  readonly host: string;
  readonly port: number;
  /** Null on loopback alone: elsewhere the password would travel in the clear. Made at the first start. */
  readonly tls: CertificatePaths | null;
  readonly passwordFile: string;
}

const PORT = 7447;
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** Null: there is no `status` section and no page. @throws EdgeError CONFIG_INVALID */
export function readStatus(root: ConfigSection, at: (file: string) => string): StatusConfig | null {
  if (root.isAbsent('status')) return null;
  const section = root.section('status', ['host', 'port', 'tls', 'passwordFile']);
  const host = section.text('host', /^\S+$/, 'an address, such as 0.0.0.0', '127.0.0.1');
  const tls = section.section('tls', ['key', 'certificate']);
  const isLocal = LOOPBACK.test(host) && section.isAbsent('tls');
  return {
    host,
    port: section.count('port', 0, PORT),
    tls: isLocal
      ? null
      : {
          key: at(tls.text('key', /./, 'a PEM file', 'keys/status-tls.pem')),
          certificate: at(tls.text('certificate', /./, 'a PEM file', 'status-tls.crt')),
        },
    passwordFile: at(section.text('passwordFile', /./, 'a file', 'keys/status-password')),
  };
}
