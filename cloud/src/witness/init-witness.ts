/**
 * Everything a witness needs before its first start: its key, witness.yaml, and an empty memory. Nothing that is there
 * already is touched; witness.yaml is written last, so where it stands all is made.
 * @module
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, formatNoteKey, type NoteKey } from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { writeNewFile } from '../init/new-file.ts';
import { beginState, STATE_FOLDERS } from './folder-store.ts';
import { openStateDisk } from './state-disk.ts';
import { parseWitnessConfig } from './witness-config.ts';

export interface InitWitnessOptions {
  readonly directory: string;
  readonly name: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  readonly logs: readonly string[];
  readonly operators: readonly {
    readonly operator: string;
    readonly cloud: string;
    readonly certificate: string | null;
  }[];
}

/** The key of the new witness, as policies name it. @throws CloudError FILE_EXISTS, CONFIG_INVALID, LISTEN_OPEN */
export async function initWitness(options: InitWitnessOptions): Promise<string> {
  const { directory, name } = options;
  const at = (file: string) => join(directory, file);
  const text = formatWitnessFile(options);
  parseWitnessConfig(text, at('witness.yaml'));
  const found = ['witness.yaml', 'keys', 'state'].find((file) => existsSync(at(file)));
  if (found !== undefined)
    throw new CloudError(
      'FILE_EXISTS',
      `${at(found)} is there already and nothing is overwritten; move it away, or choose another directory`,
    );
  await mkdir(at('keys'), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeNewFile(at('keys/witness.pem'), pem, 0o600);
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const { publicKey } = createSigner(Uint8Array.from(der));
  const key: NoteKey = { name, type: 4, publicKey };
  await beginState(await openStateDisk(at('state'), STATE_FOLDERS), key);
  await writeNewFile(at('witness.yaml'), text);
  return formatNoteKey(key);
}

function formatWitnessFile({ name, listen, tls, logs, operators }: InitWitnessOptions): string {
  const secure = tls === null ? '' : `, tls: ${JSON.stringify(tls)}`;
  const followed = operators.map(({ operator, cloud, certificate }) =>
    JSON.stringify({ operator, cloud, ...(certificate === null ? {} : { certificate }) }),
  );
  return `# The witness ${name}. Files are relative to this one; sigill witness run names what is wrong in it.
name: ${name}
key: keys/witness.pem
# What it cosigned. Lost, or set back to an older copy, it must never sign again: never restore it from a backup.
state: ./state
listen: { host: ${JSON.stringify(listen.host)}, port: ${listen.port}${secure} }
# Whether a proxy on this machine stands in front, and says who calls.
proxied: false
# Logs that are watched, each by its key: name+ID+key.
logs: [${logs.map((log) => JSON.stringify(log)).join(', ')}]
# Operators whose logs are watched as their signed records name them: the hash in “operator” of their policy.json, and
# where their cloud answers.
operators:${followed.length === 0 ? ' []' : followed.map((one) => `\n  - ${one}`).join('')}
`;
}
