/**
 * cloud.yaml: what a cloud is told. A refusal names the key, what stands there and what to write instead.
 * Relative paths are relative to the file.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { readConfigText, type Section } from './config-section.ts';
import { isLoopback, type ListenConfig, readListen } from './listen-config.ts';

export { isLoopback, type ListenConfig };

export interface CloudConfig {
  readonly listen: ListenConfig;
  readonly data: string;
  /** Files of operator-signed records, the operator's own first. */
  readonly records: readonly string[];
  /** Null: this cloud is no witness. */
  readonly witness: { readonly name: string; readonly key: string } | null;
  /** Shown to browsers; names the operator and the ledger. */
  readonly policy: string;
  /** Told to browsers, for comparing block headers. */
  readonly ledger: { readonly rpc: string } | null;
  readonly demonstration: boolean;
  /** What boxes and browsers call this cloud, where a proxy stands in front. */
  readonly public: PublicConfig | null;
  /** Under which gateways get their origins. */
  readonly origins: string;
  /** Null: the operator's key is not in this process. */
  readonly operator: { readonly key: string } | null;
  /** The file that says who may read entry bundles; null: nobody. */
  readonly tiles: { readonly token: string } | null;
}

export interface PublicConfig {
  readonly url: string;
  /** The certificate that boxes see there: `sha256/…`, or its PEM file; null without TLS. */
  readonly certificate: string | null;
}

const DEFAULT_PORT = 7445;
export const HTTP_URL = /^https?:\/\/[^\s/]+(\/\S*)?$/;
export const PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;
// As the origins that will begin with it: a schema-less URL in lower case.
const ORIGINS = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._~-]+)*$/;
// A key name of C2SP signed-note: no spaces, no plus.
export const WITNESS_NAME = /^[^\s+]{1,128}$/;

/** @throws CloudError CONFIG_SYNTAX, CONFIG_INVALID, LISTEN_OPEN */
export function parseCloudConfig(text: string, path: string): CloudConfig {
  const root = readConfigText(text, path, [
    ...['listen', 'data', 'records', 'witness', 'policy', 'ledger', 'demonstration'],
    ...['public', 'origins', 'operator', 'tiles'],
  ]);
  const directory = dirname(resolve(path));
  const file = (name: string) => resolve(directory, name);
  const witness = root.child('witness', ['name', 'key']);
  const ledger = root.child('ledger', ['rpc']);
  const operator = root.child('operator', ['key']);
  const tiles = root.child('tiles', ['token']);
  return {
    listen: readListen(root, file, DEFAULT_PORT),
    data: file(root.text('data', /./, 'a directory, such as ./cloud-data', './cloud-data')),
    records: root
      .texts('records', 'record files, such as [operator.record, slot-1.record]')
      .map(file),
    witness: witness && {
      name: witness.text('name', WITNESS_NAME, 'a name such as witness.example.org/one'),
      key: file(witness.text('key', /./, 'a key file, such as keys/witness.pem')),
    },
    policy: file(root.text('policy', /./, 'a file, such as policy.json', 'policy.json')),
    ledger: ledger && {
      rpc: ledger.text('rpc', HTTP_URL, 'an address such as http://127.0.0.1:8545'),
    },
    demonstration: root.flag('demonstration', false),
    public: readPublic(root, file),
    origins: root.text('origins', ORIGINS, 'a name such as example.org', 'sigill.example'),
    operator: operator && {
      key: file(operator.text('key', /./, 'the operator’s key file, such as keys/operator.pem')),
    },
    tiles: tiles && {
      token: file(tiles.text('token', /./, 'a file of tokens, such as keys/tiles-tokens')),
    },
  };
}

function readPublic(root: Section, file: (name: string) => string): PublicConfig | null {
  const section = root.child('public', ['url', 'certificate']);
  if (section === null) return null;
  const url = section.text('url', HTTP_URL, 'an address such as https://cloud.example.org');
  const expected = 'sha256/… of the certificate that boxes see there, or its PEM file';
  const given = section.text('certificate', /^./, expected, 'none');
  const certificate = given === 'none' ? null : given;
  return {
    url: url.replace(/\/$/, ''),
    certificate: certificate === null || PIN.test(certificate) ? certificate : file(certificate),
  };
}
