/**
 * gateway.yaml: what a gateway is told. Every refusal names the key, what stands there, and what to write.
 * Relative paths are relative to the file.
 * @module
 */
import { dirname, resolve } from 'node:path';
import {
  type ConfigSection,
  createConfigSection,
  readSources,
  type SourceConfig,
} from '@sigill/edge';
import { parseDocument } from 'yaml';
import { type BrokerConfig, readBroker } from './broker/broker-config.ts';
import { type EnrolConfig, readEnrol } from './enrolment/enrol-config.ts';
import { GatewayError } from './errors.ts';
import { type LedgerConfig, readLedger } from './ledger/ledger-config.ts';
import { readStatus, type StatusConfig } from './status-page/status-config.ts';
import { readWitnesses, type WitnessConfig } from './uplink/witness-config.ts';

export type { LedgerConfig };

export interface GatewayConfig {
  readonly name: string;
  readonly origin: string;
  readonly data: string;
  readonly keys: string;
  /** Record files: the operator's in their order, and this gateway's slot. */
  readonly records: readonly string[];
  readonly policy: string;
  readonly cloud: CloudConfig | null;
  /** Besides the operator's own. */
  readonly witnesses: readonly WitnessConfig[];
  readonly ledger: LedgerConfig;
  readonly checkpoint: { readonly intervalMs: number };
  readonly anchor: { readonly intervalMs: number };
  readonly batch: { readonly count: number; readonly bytes: number; readonly ageMs: number };
  /** Null: none. */
  readonly broker: BrokerConfig | null;
  /** The gateway's own page; null: none. */
  readonly status: StatusConfig | null;
  /** Where agents ask to be let in, if not on the page; null: nowhere else. */
  readonly enrol: EnrolConfig | null;
  readonly sources: readonly SourceConfig[];
}

export interface CloudConfig {
  readonly url: URL;
  /** SHA-256 of the server's certificate; null for plain HTTP to this machine. */
  readonly certificate: Uint8Array | null;
  /** How long a batch stays here after the cloud's receipt for it. */
  readonly keepMs: number;
  /** At a start, how long nothing is logged until the cloud has said that this disk is no older copy. */
  readonly startWaitMs: number;
  /** How often news of this gateway's record is asked for. */
  readonly recordsMs: number;
}

const DAY_MS = 86_400_000;
// A box that boots has its network in less; what is read meanwhile is durable in the agents' journals.
const START_WAIT_MS = 60_000;
const RECORDS_MS = 60_000;
// C2SP: a schema-less URL. Lower case and no spaces or plus signs, so that it also serves as a key name.
const ORIGIN = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._~-]+)*$/;
const NAME = /^[a-z0-9._-]{1,59}$/;

/** @throws GatewayError CONFIG_SYNTAX, NOT_ENROLLED, EdgeError CONFIG_INVALID */
export function parseGatewayConfig(text: string, path: string): GatewayConfig {
  const root = createConfigSection(path, '', parseYaml(text, path), [
    ...['name', 'origin', 'data', 'keys', 'records', 'policy', 'cloud', 'ledger', 'witnesses'],
    ...['checkpoint', 'anchor', 'batch', 'broker', 'status', 'enrol', 'sources'],
  ]);
  if (root.isAbsent('origin')) {
    throw new GatewayError(
      'NOT_ENROLLED',
      `${path}: nobody has let this gateway in yet; ask its operator for an address and a code, then: sigill gateway enroll URL CODE ${dirname(path)}`,
    );
  }
  const directory = dirname(resolve(path));
  const at = (file: string) => resolve(directory, file);
  const checkpoint = root.section('checkpoint', ['intervalMs']);
  const anchor = root.section('anchor', ['intervalMs']);
  const batch = root.section('batch', ['count', 'bytes', 'ageMs']);
  return {
    name: root.text('name', NAME, 'lower-case letters, digits, . _ -, such as house-17-gateway'),
    origin: root.text(
      'origin',
      ORIGIN,
      'a lower-case name like a web address without its scheme, such as example.org/site-17',
    ),
    data: at(root.text('data', /./, 'a directory, such as ./data', './data')),
    keys: at(root.text('keys', /./, 'a directory, such as ./keys', './keys')),
    records: root
      .texts('records', 'record files, such as [operator.record, slot-1.record]')
      .map(at),
    policy: at(root.text('policy', /./, 'a file, such as policy.json', 'policy.json')),
    cloud: readCloud(root),
    witnesses: readWitnesses(root),
    ledger: readLedger(root, at),
    checkpoint: { intervalMs: checkpoint.count('intervalMs', 100, 10_000) },
    anchor: { intervalMs: anchor.count('intervalMs', 1_000, 600_000) },
    batch: {
      count: batch.count('count', 1, 500),
      bytes: batch.count('bytes', 1_024, 262_144),
      ageMs: batch.count('ageMs', 100, 10_000),
    },
    broker: readBroker(root, at),
    status: readStatus(root, at),
    enrol: readEnrol(root, at),
    sources: readSources(root),
  };
}

export function parseYaml(text: string, path: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new GatewayError('CONFIG_SYNTAX', `${path}: ${problem.message}`);
  return document.toJS({ maxAliasCount: 0 });
}

function readCloud(root: ConfigSection): CloudConfig | null {
  if (root.isAbsent('cloud')) return null;
  const section = root.section('cloud', [
    'url',
    'certificate',
    'keepMs',
    'startWaitMs',
    'recordsMs',
  ]);
  const written = section.text('url', /^https?:\/\/./, 'an address, such as https://cloud.example');
  const url = URL.parse(written);
  if (!url) throw section.invalid('url', written, 'an address, such as https://cloud.example');
  const certificate = section.isAbsent('certificate') ? null : readPin(section);
  if (url.protocol === 'https:' && certificate === null) {
    throw section.invalid(
      'certificate',
      'nothing',
      `sha256/… of the certificate of ${url.host}; sigill gateway init --cloud ${url.origin} prints it`,
    );
  }
  return {
    ...{ url, certificate },
    keepMs: section.count('keepMs', 0, DAY_MS),
    startWaitMs: section.count('startWaitMs', 0, START_WAIT_MS),
    recordsMs: section.count('recordsMs', 1_000, RECORDS_MS),
  };
}

/** `sha256/` and the base64 of 32 bytes. */
export function readPin(section: ConfigSection): Uint8Array {
  const expected = 'sha256/ and the 44 base64 characters of the SHA-256 of the certificate';
  const pin = section.text('certificate', /^sha256\/[A-Za-z0-9+/]{43}=$/, expected);
  return Uint8Array.from(Buffer.from(pin.slice('sha256/'.length), 'base64'));
}
