/**
 * cloud.yaml: what a cloud is told. A refusal names the key, what stands there and what to write instead.
 * Relative paths are relative to the file.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { CloudError } from './errors.ts';

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
}

export interface PublicConfig {
  readonly url: string;
  /** The certificate that boxes see there: `sha256/…`, or its PEM file; null without TLS. */
  readonly certificate: string | null;
}

export const isLoopback = ({ host }: ListenConfig): boolean => LOOPBACK.test(host);

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
const HTTP_URL = /^https?:\/\/[^\s/]+(\/\S*)?$/;
export const PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;
// As the origins that will begin with it: a schema-less URL in lower case.
const ORIGINS = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._~-]+)*$/;
// A key name of C2SP signed-note: no spaces, no plus.
const WITNESS_NAME = /^[^\s+]{1,128}$/;

/** @throws CloudError CONFIG_SYNTAX, CONFIG_INVALID, LISTEN_OPEN */
export function parseCloudConfig(text: string, path: string): CloudConfig {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) throw new CloudError('CONFIG_SYNTAX', `${path}: ${problem.message}`);
  const root = section(path, '', document.toJS({ maxAliasCount: 0 }), [
    ...['listen', 'data', 'records', 'witness', 'policy', 'ledger', 'demonstration'],
    ...['public', 'origins', 'operator'],
  ]);
  const directory = dirname(resolve(path));
  const file = (name: string) => resolve(directory, name);
  const witness = root.child('witness', ['name', 'key']);
  const ledger = root.child('ledger', ['rpc']);
  const operator = root.child('operator', ['key']);
  return {
    listen: readListen(root, file),
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

function readListen(root: Section, file: (name: string) => string): ListenConfig {
  const listen = root.child('listen', ['host', 'port', 'names', 'tls']);
  const tls = listen?.child('tls', ['key', 'certificate']) ?? null;
  const host = listen?.text('host', /^\S+$/, 'an address, such as 127.0.0.1', '127.0.0.1');
  const config = {
    host: host ?? '127.0.0.1',
    port: listen?.port('port', 7445) ?? 7445,
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

interface Section {
  place(key: string): string;
  text(key: string, pattern: RegExp, expected: string, absent?: string): string;
  texts(key: string, expected: string, absent?: readonly string[]): string[];
  port(key: string, absent: number): number;
  flag(key: string, absent: boolean): boolean;
  /** Null when it is absent. */
  child(key: string, keys: readonly string[]): Section | null;
}

function section(path: string, name: string, found: unknown, keys: readonly string[]): Section {
  const place = (key: string) => `${path}: ${name === '' ? key : `${name}.${key}`}`;
  if (found === null || typeof found !== 'object' || Array.isArray(found)) {
    throw wrong(name === '' ? path : `${path}: ${name}`, found, `keys out of ${keys.join(', ')}`);
  }
  const values = new Map<string, unknown>(Object.entries(found));
  for (const key of values.keys()) {
    if (!keys.includes(key)) throw wrong(place(key), key, `one of ${keys.join(', ')}`);
  }
  return {
    place,
    text(key, pattern, expected, absent) {
      const value = values.get(key) ?? absent;
      if (typeof value === 'string' && pattern.test(value)) return value;
      throw wrong(place(key), value, expected);
    },
    texts(key, expected, absent) {
      const value = values.get(key) ?? absent;
      if (
        Array.isArray(value) &&
        (value.length > 0 || value === absent) &&
        value.every((one) => typeof one === 'string')
      ) {
        return value;
      }
      throw wrong(place(key), value, expected);
    },
    port(key, absent) {
      const value = values.get(key) ?? absent;
      if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535)
        return Number(value);
      throw wrong(place(key), value, `a port from 0 to 65535, such as ${absent}`);
    },
    flag(key, absent) {
      const value = values.get(key) ?? absent;
      if (typeof value === 'boolean') return value;
      throw wrong(place(key), value, 'true or false');
    },
    child(key, childKeys) {
      const value = values.get(key) ?? null;
      if (value === null) return null;
      return section(path, name === '' ? key : `${name}.${key}`, value, childKeys);
    },
  };
}

function wrong(place: string, found: unknown, expected: string): CloudError {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  return new CloudError('CONFIG_INVALID', `${place}: found ${shown}; write ${expected}`);
}
