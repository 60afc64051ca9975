/**
 * Everything a gateway needs before its first start: keys, records, policy, configuration. Nothing
 * that is there already is touched; gateway.yaml is written last, so where it stands all is made.
 * @module
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentAccounts, NoteKey } from '@sigill/evidence';
import { parseGatewayConfig } from '../config.ts';
import { syncDirectoryNow } from '../disk/file-system.ts';
import { GatewayError } from '../errors.ts';
import { createKeyFile } from '../keys/key-file.ts';
import { createKeystore } from '../ledger/keystore.ts';
import { formatCloudFile, formatGatewayFile, type InitSource } from './init-files.ts';
import { makeRegister } from './make-register.ts';

export interface InitOptions {
  readonly directory: string;
  readonly name: string;
  readonly origin: string;
  readonly cloud: { readonly url: URL; readonly pin: string | null } | null;
  readonly ledger: 'none' | 'development';
  readonly sources: readonly InitSource[];
  /** Of a cloud elsewhere; one on this machine gets a key of its own. */
  readonly witnesses: readonly NoteKey[];
}

export interface MadeGateway {
  /** Relative to the directory, in the order they were made. */
  readonly files: readonly string[];
  /** Of the operator's key, for reading aloud. */
  readonly fingerprint: string;
  readonly hasCloudFile: boolean;
}

const DEVELOPMENT_RPC = 'http://127.0.0.1:7446';
const DEFAULT_HTTP_PORT = 80;

/** @throws GatewayError FILE_EXISTS, EdgeError CONFIG_INVALID */
export async function initGateway(options: InitOptions): Promise<MadeGateway> {
  const { directory, origin, cloud, ledger } = options;
  const files: string[] = [];
  const at = (file: string) => join(directory, file);
  const local = cloud !== null && cloud.url.protocol === 'http:';
  const gatewayFile = formatGatewayFile({
    ...options,
    cloud: cloud && { url: cloud.url.origin, pin: cloud.pin },
  });
  parseGatewayConfig(gatewayFile, at('gateway.yaml'));
  assertNothingThere(directory, local, ledger);
  mkdirSync(at('keys'), { recursive: true, mode: 0o700 });

  const key = (file: string) => {
    const signer = createKeyFile(at(file));
    files.push(file);
    return signer;
  };
  const agent = key('keys/agent.pem');
  const log = key('keys/log.pem');
  const operator = key('keys/operator.pem');
  const nextOperator = key('keys/operator-next.pem');
  const witnessName = `witness.${origin.replace(/\/[^/]*$/, '')}`;
  const witnesses = [...options.witnesses];
  if (local) {
    const { publicKey } = key('keys/witness.pem');
    witnesses.push({ name: witnessName, type: 4, publicKey });
  }
  const accounts = ledger === 'none' ? null : await makeAccounts(at, files);
  const { operatorRecord, slotRecord, policy } = makeRegister({
    origin,
    operator,
    nextOperatorKey: nextOperator.publicKey,
    logKey: log.publicKey,
    agentKey: agent.publicKey,
    witnesses,
    ledger: accounts,
  });

  const write = (file: string, content: string | Uint8Array) => {
    writeNewFile(at(file), content);
    files.push(file);
  };
  write('operator.record', operatorRecord);
  write('slot-1.record', slotRecord);
  write('policy.json', policy);
  if (local) {
    const port = Number(cloud.url.port || DEFAULT_HTTP_PORT);
    write('cloud.yaml', formatCloudFile({ port, witnessName, rpc: accounts?.endpoint ?? null }));
  }
  write('gateway.yaml', gatewayFile);
  syncDirectoryNow(directory);
  return { files, fingerprint: fingerprintOf(operator.publicKey), hasCloudFile: local };
}

function assertNothingThere(directory: string, local: boolean, ledger: string): void {
  const found = [
    ...['gateway.yaml', 'keys', 'data', 'operator.record', 'slot-1.record', 'policy.json'],
    ...(local ? ['cloud.yaml'] : []),
    ...(ledger === 'none' ? [] : ['keys/anchor.json']),
  ].find((file) => existsSync(join(directory, file)));
  if (found === undefined) return;
  throw new GatewayError(
    'FILE_EXISTS',
    `${join(directory, found)} is there already and nothing is overwritten; move it away, or choose another directory`,
  );
}

async function makeAccounts(
  at: (file: string) => string,
  files: string[],
): Promise<DevelopmentAccounts> {
  const operator = await createKeystore(at('keys/anchor.json'));
  const guardian = await createKeystore(at('keys/guardian.json'));
  files.push('keys/anchor.json', 'keys/guardian.json');
  return { operator, guardian, endpoint: DEVELOPMENT_RPC };
}

function writeNewFile(path: string, content: string | Uint8Array): void {
  const file = openSync(path, 'wx');
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Four groups of four: enough to compare over a telephone. */
export function fingerprintOf(publicKey: Uint8Array): string {
  const hex = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
  return (hex.match(/.{4}/g) ?? []).join(' ');
}
