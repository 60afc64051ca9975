/**
 * witness.yaml: what a witness that runs by itself is told. Relative paths are relative to the file.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { EvidenceError, type NoteKey, parseNoteKey } from '@sigill/evidence';
import { HTTP_URL, PIN, WITNESS_NAME } from '../config.ts';
import { readConfigText, type Section } from '../config-section.ts';
import { CloudError } from '../errors.ts';
import { type ListenConfig, readListen } from '../listen-config.ts';
import type { CloudAddress } from '../operator/client.ts';

export interface WitnessConfig {
  readonly name: string;
  readonly key: string;
  readonly state: string;
  readonly listen: ListenConfig;
  /** A proxy on this machine stands in front, and says who calls. */
  readonly proxied: boolean;
  /** Logs that are watched whatever an operator says. */
  readonly logs: readonly NoteKey[];
  readonly operators: readonly FollowedOperator[];
  readonly pollMs: number;
}

/** Whose logs are watched as its records name them. */
export interface FollowedOperator {
  /** SHA-256 of its first key. */
  readonly firstKeyHash: Uint8Array;
  readonly cloud: CloudAddress;
}

const DEFAULT_PORT = 7449;
const HASH = /^[A-Za-z0-9+/]{43}=$/;
const POLL_MS = 60_000;

/** @throws CloudError CONFIG_SYNTAX, CONFIG_INVALID, LISTEN_OPEN */
export function parseWitnessConfig(text: string, path: string): WitnessConfig {
  const root = readConfigText(text, path, [
    ...['name', 'key', 'state', 'listen', 'proxied', 'logs', 'operators', 'pollMs'],
  ]);
  const directory = dirname(resolve(path));
  const file = (name: string) => resolve(directory, name);
  return {
    name: root.text('name', WITNESS_NAME, 'a name such as witness.example.org/w1'),
    key: file(root.text('key', /./, 'a key file, such as keys/witness.pem', 'keys/witness.pem')),
    state: file(root.text('state', /./, 'a directory, such as ./state', './state')),
    listen: readListen(root, file, DEFAULT_PORT),
    proxied: root.flag('proxied', false),
    logs: root.texts('logs', 'keys of logs, as name+ID+key', []).map((one) => readKey(root, one)),
    operators: root.children('operators', ['operator', 'cloud', 'certificate']).map(readOperator),
    pollMs: root.count('pollMs', 1000, POLL_MS),
  };
}

function readKey(root: Section, text: string): NoteKey {
  try {
    const key = parseNoteKey(text);
    if (key.type === 1) return key;
    throw invalid(root, 'logs', text, 'the key of a log; this one is a cosigner’s');
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw invalid(root, 'logs', text, `the key of a log, as name+ID+key: ${error.message}`);
  }
}

function readOperator(section: Section): FollowedOperator {
  const hash = section.text(
    'operator',
    HASH,
    'the base64 in “operator” of its policy.json: the hash of its first key',
  );
  const url = section.text('cloud', HTTP_URL, 'an address such as https://cloud.example.org');
  const pin = section.text(
    'certificate',
    /^(none|sha256\/.+)$/,
    'sha256/… of the certificate there',
    'none',
  );
  if (pin !== 'none' && !PIN.test(pin))
    throw invalid(section, 'certificate', pin, 'sha256/ and 44 characters of base64');
  return {
    firstKeyHash: Uint8Array.from(Buffer.from(hash, 'base64')),
    cloud: {
      url: url.replace(/\/$/, ''),
      certificate: pin === 'none' ? null : Buffer.from(pin.slice('sha256/'.length), 'base64'),
    },
  };
}

function invalid(section: Section, key: string, found: string, expected: string): CloudError {
  return new CloudError(
    'CONFIG_INVALID',
    `${section.place(key)}: found ${JSON.stringify(found)}; write ${expected}`,
  );
}
