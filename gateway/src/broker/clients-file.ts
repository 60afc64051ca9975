/**
 * The clients file: who may connect, and the topics each may publish to and subscribe to. JSON, so that what an
 * installer makes for many sites can write it too; mode 0600, because it holds password hashes.
 * @module
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSecretFile } from '@sigill/edge';
import { syncDirectoryNow } from '../disk/file-system.ts';
import { GatewayError } from '../errors.ts';
import { formatHash, type PasswordHash, parseHash, type WrittenHash } from './passwords.ts';
import { AGENT_TOPICS, isFilter } from './topics.ts';

export interface BrokerClient {
  readonly name: string;
  /** Null: it shows its certificate. */
  readonly password: PasswordHash | null;
  /** `sha256/` and the base64 of its certificate's hash; null: it says its password. */
  readonly certificate: string | null;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

// An agent's name is 32 hexadecimal digits, and nobody else's.
export const CLIENT_NAME = /^(?![0-9a-f]{32}$)[A-Za-z0-9._-]{1,64}$/;
export const CERTIFICATE_PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;
const MAX_FILTERS = 100;
const KEYS = ['name', 'password', 'certificate', 'publish', 'subscribe'];

/** @throws GatewayError FILE_MISSING, KEY_FILE_EXPOSED, BROKER_CLIENTS_INVALID */
export function readClientsFile(path: string): BrokerClient[] {
  return parseClients(readSecretFile(path), path);
}

/** @throws GatewayError BROKER_CLIENTS_INVALID */
export function parseClients(text: string, path: string): BrokerClient[] {
  const file = parseJson(text, path);
  const list = (file as { clients?: unknown } | null)?.clients;
  if (!Array.isArray(list)) throw invalid(path, 'expected { "version": 1, "clients": [ … ] }');
  const clients = list.map((written, index) =>
    parseClient(written, `${path}: client ${index + 1}`),
  );
  const twice = clients.find(({ name }, at) => clients.findIndex((c) => c.name === name) !== at);
  if (twice) throw invalid(path, `${twice.name} stands there twice`);
  return clients;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(path, `this is not JSON (${(cause as Error).message})`, cause);
  }
}

function parseClient(written: unknown, place: string): BrokerClient {
  if (written === null || typeof written !== 'object')
    throw invalid(place, 'expected { "name": … }');
  const { name, password, certificate, publish, subscribe } = written as Record<string, unknown>;
  const unknown = Object.keys(written).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(place, `no such key: ${unknown}`);
  if (typeof name !== 'string' || !CLIENT_NAME.test(name)) {
    throw invalid(place, 'expected a name of 1 to 64 letters, digits, . _ -');
  }
  const hash = password === undefined ? null : parseHash(password);
  if (password !== undefined && hash === null) {
    throw invalid(place, `the password of ${name} is no scrypt hash`);
  }
  if (certificate !== undefined && !isPin(certificate)) {
    throw invalid(place, `the certificate of ${name} is no sha256/… of 44 characters`);
  }
  if (hash === null && certificate === undefined) {
    throw invalid(place, `${name} has neither a password nor a certificate`);
  }
  return {
    name,
    password: hash,
    certificate: certificate ?? null,
    publish: parseFilters(publish, `${place}: publish of ${name}`),
    subscribe: parseFilters(subscribe, `${place}: subscribe of ${name}`),
  };
}

function isPin(value: unknown): value is string {
  return typeof value === 'string' && CERTIFICATE_PIN.test(value);
}

function parseFilters(written: unknown, place: string): string[] {
  if (written === undefined) return [];
  if (!Array.isArray(written) || written.length > MAX_FILTERS) {
    throw invalid(place, `expected a list of at most ${MAX_FILTERS} topic filters`);
  }
  return written.map((filter) => {
    const problem = problemOfFilter(filter);
    if (problem !== null) throw invalid(place, problem);
    return filter;
  });
}

/** What speaks against granting this filter to a client, or null. */
export function problemOfFilter(filter: unknown): string | null {
  if (typeof filter !== 'string' || !isFilter(filter)) {
    return `${JSON.stringify(filter)} is no topic filter; + stands for one whole level, # for all that follow at the end`;
  }
  if (filter.startsWith('$')) return `${filter}: topics that begin with $ are the broker's own`;
  if (filter.startsWith(AGENT_TOPICS))
    return `${filter}: topics under ${AGENT_TOPICS} are for agents`;
  return null;
}

export function formatClients(clients: readonly BrokerClient[]): string {
  const written = clients.map(({ password, certificate, ...rest }) => {
    const hash: WrittenHash | null = password && formatHash(password);
    return {
      ...rest,
      ...(hash && { password: hash }),
      ...(certificate !== null && { certificate }),
    };
  });
  return `${JSON.stringify({ version: 1, clients: written }, null, 2)}\n`;
}

/**
 * Replaces the file by what `change` makes of it; a file that is not there yet reads as empty. Durable on return; one
 * writer at a time, held off by the file that is being written.
 * @throws GatewayError FILE_EXISTS while another writes, and what reading throws
 */
export function changeClientsFile(
  path: string,
  change: (clients: readonly BrokerClient[]) => readonly BrokerClient[],
): void {
  const next = `${path}.new`;
  const file = openNext(next);
  try {
    try {
      writeSync(file, formatClients(change(readIfThere(path))));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  syncDirectoryNow(dirname(path));
}

function openNext(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new GatewayError(
      'FILE_EXISTS',
      `${path}: another command is changing the clients, or was stopped while it did; if none runs, remove this file`,
      { cause },
    );
  }
}

function readIfThere(path: string): BrokerClient[] {
  try {
    return readClientsFile(path);
  } catch (error) {
    if ((error as GatewayError).code === 'FILE_MISSING') return [];
    throw error;
  }
}

function invalid(place: string, problem: string, cause?: unknown): GatewayError {
  return new GatewayError('BROKER_CLIENTS_INVALID', `${place}: ${problem}`, { cause });
}
