/** Where a server of ours listens: on this machine, or wider with a certificate. */
import type { Section } from './config-section.ts';
import { CloudError } from './errors.ts';

export interface ListenConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What a proxy in front is called; on a loopback address no other names but this machine's are answered. */
  readonly names: readonly string[];
  /** Files in PEM. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;
const NAMES = 'names such as [cloud.example.org]';

export const isLoopback = ({ host }: ListenConfig): boolean => LOOPBACK.test(host);

/** @throws CloudError CONFIG_INVALID, LISTEN_OPEN */
export function readListen(
  root: Section,
  file: (name: string) => string,
  defaultPort: number,
): ListenConfig {
  const listen = root.child('listen', ['host', 'port', 'names', 'tls']);
  const tls = listen?.child('tls', ['key', 'certificate']) ?? null;
  const host = listen?.text('host', /^\S+$/, 'an address, such as 127.0.0.1', '127.0.0.1');
  const config = {
    host: host ?? '127.0.0.1',
    port: listen?.port('port', defaultPort) ?? defaultPort,
    names: listen?.texts('names', NAMES, []) ?? [],
    tls: tls && {
      key: file(tls.text('key', /./, 'a PEM file, such as keys/tls.pem')),
      certificate: file(tls.text('certificate', /./, 'a PEM file, such as certificate.pem')),
    },
  };
  if (config.tls === null && !isLoopback(config)) {
    throw new CloudError(
      'LISTEN_OPEN',
      `${root.place('listen.host')}: ${config.host} is open to other machines, and without TLS everything would travel in the clear; give listen.tls { key, certificate }, or listen on 127.0.0.1 behind a proxy that does`,
    );
  }
  return config;
}
