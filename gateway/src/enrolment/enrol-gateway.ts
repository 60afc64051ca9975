/**
 * A gateway that gateway init has made is let in by its operator: what the cloud sends becomes files, and
 * gateway.yaml is completed last, so where it names an origin everything else is there.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BoxIdentity,
  createExchange,
  type Enrolled,
  EnrolmentError,
  type EnrolmentEvent,
  enrol,
  parseServerUrl,
  readKeyFile,
  replaceFile,
} from '@sigill/edge';
import { type BoxKeys, toBase64 } from '@sigill/evidence';
import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import { parseGatewayConfig } from '../config.ts';
import { GatewayError } from '../errors.ts';
import { systemTimers } from '../timers.ts';

export interface EnrolGatewayOptions {
  readonly directory: string;
  readonly url: string;
  readonly code: string;
  readonly signal: AbortSignal;
  /** Before anything is sent. */
  readonly shown: (keys: BoxKeys) => void;
  readonly tell: (event: EnrolmentEvent) => void;
}

export interface EnrolledGateway {
  readonly origin: string;
  readonly slot: number;
  readonly cloud: string;
  /** Empty: it was enrolled before. */
  readonly files: readonly string[];
}

/** @throws EnrolmentError, GatewayError, EdgeError CONFIG_INVALID */
export async function enrolGateway(options: EnrolGatewayOptions): Promise<EnrolledGateway> {
  const { directory, code, signal } = options;
  const url = parseServerUrl(options.url);
  const file = join(directory, 'gateway.yaml');
  const document = readDocument(file);
  const before = alreadyEnrolled(document, url);
  if (before !== null) return before;
  const identity = readIdentity(directory, document, file);
  const { agent, log } = identity;
  options.shown({ agentKey: agent.publicKey, logKey: log?.publicKey ?? null });
  const enrolled = await enrol({
    ...{ code, identity, signal },
    exchange: createExchange(url),
    now: systemTimers.now,
    random: (length) => Uint8Array.from(randomBytes(length)),
    wait: systemTimers.wait,
    tell: options.tell,
  });
  return writeFiles(directory, document, url, enrolled);
}

function readDocument(file: string): Document {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new GatewayError(
      'FILE_MISSING',
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); make it with: sigill gateway init DIR --name NAME`,
      { cause },
    );
  }
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem !== undefined || !isMap(document.contents))
    throw new GatewayError(
      'CONFIG_SYNTAX',
      `${file}: ${problem?.message ?? 'keys and values are expected'}`,
    );
  return document;
}

function alreadyEnrolled(document: Document, url: URL): EnrolledGateway | null {
  const origin = document.get('origin');
  if (typeof origin !== 'string') return null;
  const cloud = document.getIn(['cloud', 'url']);
  if (typeof cloud === 'string' && URL.parse(cloud)?.origin === url.origin)
    return { origin, slot: slotOf(document), cloud, files: [] };
  throw new EnrolmentError(
    'ENROLLED_ELSEWHERE',
    `this gateway is ${origin} already${typeof cloud === 'string' ? `, at ${cloud}` : ', with an operator of its own'}, and a site log has one operator for ever; make another with: sigill gateway init DIR --name NAME`,
  );
}

function slotOf(document: Document): number {
  const records = document.toJS()?.records;
  const name = Array.isArray(records) ? String(records.at(-1)) : '';
  return Number(/slot-(\d+)/.exec(name)?.[1] ?? 0);
}

function readIdentity(directory: string, document: Document, file: string): BoxIdentity {
  const keys = join(directory, String(document.get('keys') ?? 'keys'));
  const name = document.get('name');
  if (typeof name !== 'string')
    throw new GatewayError(
      'CONFIG_INVALID',
      `${file}: name: found nothing; write what people call this gateway`,
    );
  return {
    ...{ kind: 'gateway', name, passwordHash: null },
    agent: readKeyFile(join(keys, 'agent.pem')),
    log: readKeyFile(join(keys, 'log.pem')),
  };
}

function writeFiles(
  directory: string,
  document: Document,
  url: URL,
  { origin, records, policy, slot, certificate }: Enrolled,
): EnrolledGateway {
  const number = slot.record.slot;
  const operator = records
    .slice(0, -1)
    .map((_, rev) => (rev === 0 ? 'operator.record' : `operator-${rev}.record`));
  const names = [...operator, `slot-${number}.record`];
  const cloud = {
    url: url.origin,
    ...(certificate === null ? {} : { certificate: `sha256/${toBase64(certificate)}` }),
  };
  const added = { origin, records: names, policy: 'policy.json', cloud };
  const pairs = Object.entries(added).map(([key, value]) => document.createPair(key, value));
  if (!isMap(document.contents)) throw new Error('gateway.yaml was a map');
  document.contents.items.splice(1, 0, ...(pairs as typeof document.contents.items));
  // What told to enrol it is done.
  for (const { key } of document.contents.items) if (isScalar(key)) key.commentBefore = null;
  const text = document.toString({ lineWidth: 0 });
  const file = join(directory, 'gateway.yaml');
  parseGatewayConfig(text, file);
  for (const [index, name] of names.entries())
    replaceFile(join(directory, name), records[index] ?? new Uint8Array(0));
  replaceFile(join(directory, 'policy.json'), `${policy.trimEnd()}\n`);
  replaceFile(file, text);
  return {
    origin,
    slot: number,
    cloud: url.origin,
    files: [...names, 'policy.json', 'gateway.yaml'],
  };
}
