/**
 * agent.yaml: what an agent on a box of its own is told. Every refusal names the key, what stands there, and what to
 * write. Relative paths are relative to the file.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { BatchLimits } from '../batcher.ts';
import { EdgeError } from '../errors.ts';
import { MAX_LINK_BATCH_BYTES } from '../link/messages.ts';
import { readSources, type SourceConfig } from '../sources/config.ts';
import { type ConfigSection, createConfigSection } from '../sources/config-section.ts';

export interface AgentConfig {
  readonly name: string;
  /** Null before it is enrolled. */
  readonly standing: AgentStanding | null;
  readonly data: string;
  readonly keys: string;
  /** Where the records and the policy lie. */
  readonly directory: string;
  readonly batch: BatchLimits;
  readonly journalBytes: number;
  readonly sources: readonly SourceConfig[];
}

/** What enrolment brings. */
export interface AgentStanding {
  /** Of the gateway's site log. */
  readonly origin: string;
  readonly gateway: {
    /** Of its broker. */
    readonly url: string;
    /** `sha256/…`; null: a public authority vouches, or it is this machine. */
    readonly certificate: string | null;
  };
}

const NAME = /^[a-z0-9._-]{1,59}$/;
// C2SP: a schema-less URL.
const ORIGIN = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._~-]+)*$/;
const BROKER = /^mqtts?:\/\/./;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;
const MEBIBYTE = 1024 * 1024;

/** @throws EdgeError CONFIG_SYNTAX, CONFIG_INVALID */
export function parseAgentConfig(text: string, path: string): AgentConfig {
  const root = createConfigSection(path, '', parseYaml(text, path), [
    ...['name', 'origin', 'gateway', 'data', 'keys', 'batch', 'journal', 'sources'],
  ]);
  const directory = dirname(resolve(path));
  const at = (file: string) => resolve(directory, file);
  const batch = root.section('batch', ['count', 'bytes', 'ageMs']);
  const journal = root.section('journal', ['bytes']);
  return {
    name: root.text('name', NAME, 'lower-case letters, digits, . _ -, such as shed-3'),
    standing: readStanding(root),
    data: at(root.text('data', /./, 'a directory, such as ./data', './data')),
    keys: at(root.text('keys', /./, 'a directory, such as ./keys', './keys')),
    directory,
    batch: {
      count: batch.count('count', 1, 500),
      bytes: Math.min(batch.count('bytes', 1024, 131_072), MAX_LINK_BATCH_BYTES),
      ageMs: batch.count('ageMs', 100, 10_000),
    },
    journalBytes: journal.count('bytes', 16 * MEBIBYTE, 1024 * MEBIBYTE),
    sources: readOwnSources(root),
  };
}

function parseYaml(text: string, path: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new EdgeError('CONFIG_SYNTAX', `${path}: ${problem.message}`);
  return document.toJS({ maxAliasCount: 0 });
}

function readStanding(root: ConfigSection): AgentStanding | null {
  if (root.isAbsent('origin') && root.isAbsent('gateway')) return null;
  const section = root.section('gateway', ['url', 'certificate']);
  const expected = 'the gateway’s broker, such as mqtts://gateway.example:8883';
  const url = section.text('url', BROKER, expected);
  const parsed = URL.parse(url);
  if (parsed === null) throw section.invalid('url', url, expected);
  if (parsed.protocol === 'mqtt:' && !LOOPBACK.test(parsed.hostname))
    throw section.invalid(
      'url',
      url,
      'mqtts:// and its certificate: without TLS anyone on the way could read the password',
    );
  const pin = 'sha256/ and the 44 base64 characters of the SHA-256 of the certificate';
  return {
    origin: root.text('origin', ORIGIN, 'the gateway’s origin, as enrolment writes it'),
    gateway: {
      url,
      certificate: section.isAbsent('certificate') ? null : section.text('certificate', PIN, pin),
    },
  };
}

function readOwnSources(root: ConfigSection): SourceConfig[] {
  const sources = readSources(root);
  for (const { name, transport } of sources) {
    if (transport.kind === 'broker')
      throw root.invalid(
        'sources',
        `${name} with transport { broker: … }`,
        'another transport for it: an agent has no broker; the gateway’s takes such devices (gateway.yaml)',
      );
  }
  return sources;
}
