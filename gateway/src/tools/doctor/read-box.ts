/**
 * The box a tool was started on: its configuration, leniently read, and what runs there.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { askStatus, createConfigSection, readSources, type SourceConfig } from '@sigill/edge';
import { parseDocument } from 'yaml';
import { parseGatewayConfig } from '../../config.ts';
import { GatewayError } from '../../errors.ts';
import { logKeyFiles } from '../../keys/log-keys.ts';
import type { BoxConfig, Running } from './box.ts';

export interface ReadBox {
  readonly config: BoxConfig | null;
  readonly configFault: Error | null;
}

// Where `sigill install` puts it, after the directory one stands in.
const USUAL_FILES = [
  'gateway.yaml',
  'agent.yaml',
  '/etc/sigill/gateway.yaml',
  '/etc/sigill/agent.yaml',
];
const PIN = /^sha256\/([A-Za-z0-9+/]{43}=)$/;

/** @param file null: the usual places */
export function findConfig(file: string | null): string | null {
  if (file !== null) return resolve(file);
  const found = USUAL_FILES.find((name) => existsSync(name));
  return found === undefined ? null : resolve(found);
}

/** What can be known of it, even where it would not start: a doctor sees the sick. */
export function readBoxConfig(file: string | null): ReadBox {
  if (file === null) return { config: null, configFault: null };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { config: null, configFault: new Error(`${file} cannot be read (${code})`) };
  }
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    return { config: null, configFault: new Error(`${file}: ${problem.message}`) };
  }
  const written: unknown = document.toJS({ maxAliasCount: 0 });
  const kind = isRecord(written) && 'gateway' in written ? 'agent' : 'gateway';
  return { config: toBoxConfig(kind, file, written), configFault: faultOf(kind, text, file) };
}

/** @throws GatewayError CONFIG_MISSING, CONFIG_INVALID: a tool that needs one says where it looked */
export function requireConfig(file: string | null): BoxConfig {
  const { config, configFault } = readBoxConfig(findConfig(file));
  if (config !== null) return config;
  if (configFault !== null) throw new GatewayError('CONFIG_INVALID', configFault.message);
  throw new GatewayError(
    'CONFIG_MISSING',
    `no configuration at ${USUAL_FILES.join(', ')}; name it, or make one: sigill gateway init`,
  );
}

function faultOf(kind: BoxConfig['kind'], text: string, file: string): Error | null {
  try {
    if (kind === 'gateway') parseGatewayConfig(text, file);
    else readSourcesOf(parseDocument(text).toJS(), file);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function toBoxConfig(kind: BoxConfig['kind'], file: string, written: unknown): BoxConfig {
  const root = isRecord(written) ? written : {};
  const at = (name: string) => resolve(dirname(file), name);
  const keys = at(textOf(root.keys) ?? './keys');
  const records = Array.isArray(root.records)
    ? root.records.filter((name) => typeof name === 'string')
    : [];
  const names = ['agent.pem', ...(kind === 'gateway' ? logKeyFiles(keys) : [])];
  return {
    kind,
    file,
    name: textOf(root.name) ?? '(unnamed)',
    data: at(textOf(root.data) ?? './data'),
    keys,
    keyFiles: names.map((name) => join(keys, name)),
    recordFiles:
      kind === 'agent' && textOf(root.origin) !== null ? agentRecords(at) : records.map(at),
    upstream: upstreamOf(kind === 'gateway' ? root.cloud : root.gateway),
    ledgerNodes: isRecord(root.ledger)
      ? [root.ledger.rpc].flat().flatMap((rpc) => textOf(rpc) ?? [])
      : [],
    listeners: listenersOf(root),
    sources: sourcesOf(written, file),
  };
}

function agentRecords(at: (name: string) => string): string[] {
  return ['operator.record', 'gateway.record', 'policy.json'].map(at);
}

function upstreamOf(written: unknown): BoxConfig['upstream'] {
  if (!isRecord(written)) return null;
  const url = URL.parse(textOf(written.url) ?? '');
  if (url === null) return null;
  const [, pin] = PIN.exec(textOf(written.certificate) ?? '') ?? [];
  return {
    url,
    certificate: pin === undefined ? null : Uint8Array.from(Buffer.from(pin, 'base64')),
  };
}

function listenersOf(root: Record<string, unknown>): BoxConfig['listeners'] {
  const broker = isRecord(root.broker) ? root.broker.listen : undefined;
  const written = [
    ...(Array.isArray(broker) ? broker : []).map((one: unknown) => ['the broker', one] as const),
    ['the status page', root.status] as const,
  ];
  return written.flatMap(([name, one]) => {
    if (!isRecord(one) || typeof one.port !== 'number') return [];
    return [{ name, host: textOf(one.host) ?? '127.0.0.1', port: one.port }];
  });
}

/** Those that can be read: one that cannot is the configuration's own finding. */
function sourcesOf(written: unknown, file: string): readonly SourceConfig[] {
  try {
    return readSourcesOf(written, file);
  } catch {
    return [];
  }
}

function readSourcesOf(written: unknown, file: string): readonly SourceConfig[] {
  return readSources(createConfigSection(file, '', written, null));
}

/** Null if nothing runs there, or it is not ours to ask. */
export async function askRunning(config: BoxConfig | null): Promise<Running | null> {
  if (config === null) return null;
  const told = await askStatus(config.data).catch(() => null);
  return isRecord(told) ? (told as Running) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
