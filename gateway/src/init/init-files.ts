/**
 * The configuration files that `gateway init` writes, as a person would.
 * @module
 */
import type { SerialTransportConfig, TcpTransportConfig } from '@sigill/edge';

export type InitTransport =
  | Pick<SerialTransportConfig, 'kind' | 'path' | 'baudRate'>
  | TcpTransportConfig;

export interface InitSource {
  readonly name: string;
  readonly driver: string;
  readonly transport: InitTransport;
}

export interface GatewayFile {
  readonly name: string;
  /** Null: enrolment brings it, with records, policy and cloud. */
  readonly origin: string | null;
  readonly cloud: { readonly url: string; readonly pin: string | null } | null;
  readonly ledger: 'none' | 'development';
  readonly sources: readonly InitSource[];
}

export function formatGatewayFile({ name, origin, cloud, ledger, sources }: GatewayFile): string {
  return `# A Sigill gateway. Files are relative to this one; sigill gateway run names what is wrong in it.
name: ${name}
${origin === null ? TO_BE_ENROLLED : formatStanding(origin, cloud)}ledger: ${ledger}
checkpoint: { intervalMs: 10000 }
anchor: { intervalMs: 600000 }
batch: { count: 500, bytes: 262144, ageMs: 10000 }
sources:${sources.length === 0 ? ' []' : `\n${sources.map(formatSource).join('')}`}
`;
}

const TO_BE_ENROLLED = `# sigill gateway enroll URL CODE writes origin, records, policy and cloud.
data: ./data
keys: ./keys
`;

function formatStanding(origin: string, cloud: GatewayFile['cloud']): string {
  return `origin: ${origin}
data: ./data
keys: ./keys
records: [operator.record, slot-1.record]
policy: policy.json
cloud: ${formatCloud(cloud)}
`;
}

export interface CloudFile {
  readonly port: number;
  readonly witnessName: string;
  /** Null without a ledger. */
  readonly rpc: string | null;
}

export function formatCloudFile({ port, witnessName, rpc }: CloudFile): string {
  return `# The cloud on the same machine. Files are relative to this one.
listen: { host: 127.0.0.1, port: ${port} }
data: ./cloud-data
records: [operator.record, slot-1.record]
witness: { name: ${witnessName}, key: keys/witness.pem }
policy: policy.json
ledger: ${rpc === null ? 'null' : `{ rpc: ${rpc} }`}
demonstration: false
`;
}

function formatCloud(cloud: GatewayFile['cloud']): string {
  if (cloud === null) return 'null';
  const pin = cloud.pin === null ? '' : `, certificate: ${cloud.pin}`;
  return `{ url: ${cloud.url}${pin} }`;
}

function formatSource({ name, driver, transport }: InitSource): string {
  return `  - name: ${name}
    driver: ${driver}
    transport: ${formatTransport(transport)}
    heartbeatMs: 300000
    frames: keep
`;
}

function formatTransport(transport: InitTransport): string {
  if (transport.kind === 'tcp')
    return `{ tcp: ${JSON.stringify(`${transport.host}:${transport.port}`)} }`;
  return `{ serial: ${JSON.stringify(transport.path)}, baudRate: ${transport.baudRate} }`;
}
