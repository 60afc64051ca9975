/**
 * Everything a gateway needs before its first start: keys, records, policy, configuration. Nothing
 * that is there already is touched; gateway.yaml is written last, so where it stands all is made.
 * @module
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, readSecretFile, writeSecretFile } from '@sigill/edge';
import type { BoxKeys, DevelopmentAccounts, NoteKey } from '@sigill/evidence';
import { parseGatewayConfig } from '../config.ts';
import { syncDirectoryNow } from '../disk/file-system.ts';
import { GatewayError } from '../errors.ts';
import { formatCloudFile, formatGatewayFile, type InitSource } from './init-files.ts';
import { makeRegister } from './make-register.ts';

export interface InitOptions {
  readonly directory: string;
  readonly name: string;
  readonly ledger: 'none' | 'development';
  readonly sources: readonly InitSource[];
}

/** A gateway that is alone with an operator of its own. */
export interface AloneOptions extends InitOptions {
  readonly origin: string;
  readonly cloud: { readonly url: URL; readonly pin: string | null } | null;
  /** Of a cloud elsewhere; one on this machine gets a key of its own. */
  readonly witnesses: readonly NoteKey[];
}

/** A gateway that an operator will let in. */
export interface EnrolledOptions extends InitOptions {
  /** Keystore of the account that anchors on the development chain, as sigill cloud init made it. */
  readonly account: string | null;
}

export interface MadeGateway {
  /** Relative to the directory, in the order they were made. */
  readonly files: readonly string[];
  /** Of the operator's key, for reading aloud. */
  readonly fingerprint: string;
  readonly hasCloudFile: boolean;
}

export interface MadeBox extends BoxKeys {
  readonly files: readonly string[];
}

const DEVELOPMENT_RPC = 'http://127.0.0.1:7446';
const DEFAULT_HTTP_PORT = 80;

/** Keys and gateway.yaml; what else a gateway needs comes with its enrolment. @throws GatewayError, EdgeError */
export function initBox(options: EnrolledOptions): MadeBox {
  const { directory, account } = options;
  const gatewayFile = formatGatewayFile({ ...options, origin: null, cloud: null });
  const complete = formatGatewayFile({ ...options, origin: 'a', cloud: null });
  parseGatewayConfig(complete, join(directory, 'gateway.yaml'));
  const secrets = account === null ? [] : readAccount(account);
  assertNothingThere(directory, false, options.ledger);
  const { key, write, files } = createMaker(directory);
  const agent = key('keys/agent.pem');
  const log = key('keys/log.pem');
  for (const { file, content } of secrets) {
    writeSecretFile(join(directory, file), content);
    files.push(file);
  }
  write('gateway.yaml', gatewayFile);
  syncDirectoryNow(directory);
  return { files, logKey: log.publicKey, agentKey: agent.publicKey };
}

/** @throws GatewayError FILE_EXISTS, EdgeError CONFIG_INVALID */
export async function initGateway(options: AloneOptions): Promise<MadeGateway> {
  const { directory, origin, cloud, ledger } = options;
  const local = cloud !== null && cloud.url.protocol === 'http:';
  const gatewayFile = formatGatewayFile({
    ...options,
    cloud: cloud && { url: cloud.url.origin, pin: cloud.pin },
  });
  parseGatewayConfig(gatewayFile, join(directory, 'gateway.yaml'));
  assertNothingThere(directory, local, ledger);

  const { key, write, files } = createMaker(directory);
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
  const accounts = ledger === 'none' ? null : await makeAccounts(directory, files);
  const { operatorRecord, slotRecord, policy } = makeRegister({
    origin,
    operator,
    nextOperatorKey: nextOperator.publicKey,
    logKey: log.publicKey,
    agentKey: agent.publicKey,
    witnesses,
    ledger: accounts,
  });
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

/** Makes files one after another, and tells which. */
export function createMaker(directory: string) {
  const files: string[] = [];
  mkdirSync(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  return {
    files,
    key(file: string) {
      const signer = createKeyFile(join(directory, file));
      files.push(file);
      return signer;
    },
    write(file: string, content: string | Uint8Array) {
      writeNewFile(join(directory, file), content);
      files.push(file);
    },
  };
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

/** The keystore of an account and its password, as they shall lie in another directory. */
export function readAccount(path: string): { file: string; content: string }[] {
  return [
    { file: 'keys/anchor.json', content: readSecretFile(path) },
    { file: 'keys/anchor.json.password', content: readSecretFile(`${path}.password`) },
  ];
}

async function makeAccounts(directory: string, files: string[]): Promise<DevelopmentAccounts> {
  const { createKeystore } = await import('../ledger/keystore.ts');
  const operator = await createKeystore(join(directory, 'keys/anchor.json'));
  const guardian = await createKeystore(join(directory, 'keys/guardian.json'));
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
