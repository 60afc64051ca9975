/**
 * Where agents ask this gateway to let them in, when it has no page of its own to do it on.
 * @module
 */
import type { ConfigSection } from '@sigill/edge';
import { isLoopback } from '../broker/broker-config.ts';
import type { CertificatePaths } from '../broker/server-certificate.ts';

export interface EnrolConfig {
  readonly host: string;
  readonly port: number;
  /** Null: plain, on a loopback address alone. */
  readonly tls: CertificatePaths | null;
}

const PORT = 7448;

/** Null: there is no `enrol` section. @throws EdgeError CONFIG_INVALID */
export function readEnrol(root: ConfigSection, at: (file: string) => string): EnrolConfig | null {
  if (root.isAbsent('enrol')) return null;
  const section = root.section('enrol', ['host', 'port', 'tls']);
  const host = section.text('host', /^\S+$/, 'an address, such as 0.0.0.0', '127.0.0.1');
  const tls = section.section('tls', ['key', 'certificate']);
  const plain = isLoopback(host) && section.isAbsent('tls');
  return {
    host,
    port: section.count('port', 0, PORT),
    tls: plain
      ? null
      : {
          key: at(tls.text('key', /./, 'a PEM file', 'keys/enrol-tls.pem')),
          certificate: at(tls.text('certificate', /./, 'a PEM file', 'enrol-tls.crt')),
        },
  };
}
