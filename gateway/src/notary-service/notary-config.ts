/**
 * notary.yaml: what a notary is told. Relative paths are relative to the file.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { createConfigSection } from '@sigill/edge';
import { parseYaml, readPin } from '../config.ts';
import { type LedgerConfig, readLedger } from '../ledger/ledger-config.ts';

export interface NotaryConfig {
  readonly data: string;
  readonly keys: string;
  readonly policy: string;
  /** Record files of the operator; what they hold counts beside what the cloud gives. */
  readonly records: readonly string[];
  readonly cloud: { readonly url: URL; readonly certificate: Uint8Array | null };
  readonly ledger: LedgerConfig;
  readonly anchor: { readonly intervalMs: number };
}

/** @throws GatewayError CONFIG_SYNTAX, EdgeError CONFIG_INVALID */
export function parseNotaryConfig(text: string, path: string): NotaryConfig {
  const root = createConfigSection(path, '', parseYaml(text, path), [
    ...['data', 'keys', 'policy', 'records', 'cloud', 'ledger', 'anchor'],
  ]);
  const directory = dirname(resolve(path));
  const at = (file: string) => resolve(directory, file);
  const cloud = root.section('cloud', ['url', 'certificate']);
  const address = 'an address, such as https://cloud.example';
  const written = cloud.text('url', /^https?:\/\/./, address);
  const url = URL.parse(written);
  if (!url) throw cloud.invalid('url', written, address);
  const certificate = cloud.isAbsent('certificate') ? null : readPin(cloud);
  if (url.protocol === 'https:' && certificate === null)
    throw cloud.invalid(
      'certificate',
      'nothing',
      `sha256/… of the certificate of ${url.host}; sigill notary init --cloud ${url.origin} writes it`,
    );
  const ledger = readLedger(root, at);
  if (ledger.kind === 'none')
    throw root.invalid(
      'ledger',
      'none',
      'development, or { rpc, contract, keystore }: a notary anchors',
    );
  return {
    data: at(root.text('data', /./, 'a directory, such as ./data', './data')),
    keys: at(root.text('keys', /./, 'a directory, such as ./keys', './keys')),
    policy: at(root.text('policy', /./, 'a file, such as policy.json', 'policy.json')),
    records: root.isAbsent('records')
      ? []
      : root.texts('records', 'record files, such as [operator.record]').map(at),
    cloud: { url, certificate },
    ledger,
    anchor: {
      intervalMs: root.section('anchor', ['intervalMs']).count('intervalMs', 1_000, 600_000),
    },
  };
}

export interface NotaryFile {
  readonly cloud: { readonly url: string; readonly pin: string | null };
  readonly ledger:
    | { readonly kind: 'development' }
    | { readonly kind: 'evm'; readonly rpc: readonly string[]; readonly contract: string };
}

/** As a person would write it. */
export function formatNotaryFile({ cloud, ledger }: NotaryFile): string {
  const pin = cloud.pin === null ? '' : `, certificate: ${cloud.pin}`;
  return `# A Sigill notary. Files are relative to this one; sigill notary run names what is wrong in it.
cloud: { url: ${cloud.url}${pin} }
policy: policy.json
# Beside what the cloud gives: a record put here, a revocation perhaps, is called at the next interval.
records: [operator.record]
data: ./data
keys: ./keys
ledger: ${formatLedger(ledger)}
anchor: { intervalMs: 600000 }
`;
}

function formatLedger(ledger: NotaryFile['ledger']): string {
  if (ledger.kind === 'development') return 'development';
  const rpc = ledger.rpc.map((url) => JSON.stringify(url)).join(', ');
  return `{ rpc: [${rpc}], contract: "${ledger.contract}", keystore: keys/anchor.json }`;
}
