/**
 * Everything a cloud needs before its first start: the operator's keys and first record, a witness, the policy,
 * cloud.yaml. Nothing that is there already is touched; cloud.yaml is written last, so where it stands all is made.
 * @module
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSigner,
  formatNoteKey,
  NO_RECORD,
  newPolicy,
  type Signer,
  sha256,
  signOperatorRecord,
} from '@sigill/evidence';
import { parseCloudConfig } from '../config.ts';
import { CloudError } from '../errors.ts';
import { keyFingerprint } from '../operator/sign-record.ts';
import { makeAccountFile } from './account-file.ts';
import { writeNewFile } from './new-file.ts';

export interface InitCloudOptions {
  readonly directory: string;
  readonly name: string;
  readonly origins: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** PEM files; needed where other machines shall reach it. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  readonly ledger: 'none' | 'development';
}

export interface MadeCloud {
  /** Relative to the directory, in the order they were made. */
  readonly files: readonly string[];
  /** Of the operator's key. */
  readonly fingerprint: string;
}

const DEVELOPMENT_RPC = 'http://127.0.0.1:7446';

/** @throws CloudError FILE_EXISTS, CONFIG_INVALID, LISTEN_OPEN */
export async function initCloud(options: InitCloudOptions): Promise<MadeCloud> {
  const { directory, origins, ledger } = options;
  const files: string[] = [];
  const witnessName = `witness.${origins}`;
  const cloudFile = formatCloudFile(options, witnessName);
  parseCloudConfig(cloudFile, join(directory, 'cloud.yaml'));
  assertNothingThere(directory);
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });

  const write = async (file: string, content: string | Uint8Array, mode?: number) => {
    await writeNewFile(join(directory, file), content, mode);
    files.push(file);
  };
  const makeKey = async (file: string): Promise<Signer> => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await write(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
  };
  const operator = await makeKey('keys/operator.pem');
  const next = await makeKey('keys/operator-next.pem');
  const witnessKey = await makeKey('keys/witness.pem');
  const witness = { name: witnessName, type: 4, publicKey: witnessKey.publicKey } as const;
  const development = ledger === 'none' ? null : await makeAccounts(directory, files);
  const record = {
    ...{ rev: 0, previous: NO_RECORD, key: operator.publicKey, successor: null },
    ...{ nextKeyHash: sha256(next.publicKey), witnesses: [formatNoteKey(witness)] },
  };
  await write('operator.record', signOperatorRecord(record, operator));
  const parts = { operatorKey: operator.publicKey, witnesses: [witness], development };
  await write('policy.json', `${newPolicy(parts)}\n`);
  await write('cloud.yaml', cloudFile);
  return { files, fingerprint: keyFingerprint(operator.publicKey) };
}

function assertNothingThere(directory: string): void {
  const made = ['cloud.yaml', 'keys', 'cloud-data', 'operator.record', 'policy.json'];
  const found = made.find((file) => existsSync(join(directory, file)));
  if (found === undefined) return;
  throw new CloudError(
    'FILE_EXISTS',
    `${join(directory, found)} is there already and nothing is overwritten; move it away, or choose another directory`,
  );
}

async function makeAccounts(directory: string, files: string[]) {
  const operator = await makeAccountFile(join(directory, 'keys/anchor.json'));
  const guardian = await makeAccountFile(join(directory, 'keys/guardian.json'));
  files.push('keys/anchor.json', 'keys/guardian.json');
  return { operator, guardian, endpoint: DEVELOPMENT_RPC };
}

function formatCloudFile(
  { name, origins, listen, tls, ledger }: InitCloudOptions,
  witness: string,
) {
  const secure =
    tls === null
      ? ''
      : `, tls: { key: ${JSON.stringify(tls.key)}, certificate: ${JSON.stringify(tls.certificate)} }`;
  return `# The cloud of ${name}. Files are relative to this one; sigill cloud run names what is wrong in it.
listen: { host: ${JSON.stringify(listen.host)}, port: ${listen.port}${secure} }
# Behind a proxy: what boxes and browsers call it, and the certificate they see there.
# public: { url: https://cloud.example.org, certificate: proxy.pem }
data: ./cloud-data
records: [operator.record]
witness: { name: ${witness}, key: keys/witness.pem }
policy: policy.json
ledger: ${ledger === 'none' ? 'null' : `{ rpc: ${DEVELOPMENT_RPC} }`}
# Under which gateways get their origins: ${origins}/NAME
origins: ${origins}
# The operator's key is not in this process. To approve on the page without another command:
# operator: { key: keys/operator.pem }
demonstration: false
`;
}
