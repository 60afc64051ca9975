/**
 * An agent that agent init has made is let in at its gateway: what the gateway sends becomes files, and agent.yaml is
 * completed last, so where it names an origin everything else is there.
 *
 *   agent.yaml            + origin, gateway: { url, certificate }
 *   operator.record       the operator's first record; later ones operator-1.record, …
 *   gateway.record        the record of the gateway's slot, with this agent in it
 *   policy.json           as verifiers use it
 *   keys/gateway-password what the broker of the gateway is shown; the gateway keeps its hash alone
 * @module
 */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BoxKeys,
  createSigner,
  type EnrolmentApproval,
  type Signer,
  sha256,
  toBase64,
  utf8,
} from '@sigill/evidence';
import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import { type BoxIdentity, type Enrolled, type EnrolmentEvent, enrol } from './client.ts';
import { EnrolmentError } from './enrolment-error.ts';
import { createExchange, parseServerUrl } from './exchange.ts';
import { keepSecret, replaceFile } from './files.ts';

export interface EnrolAgentOptions {
  readonly directory: string;
  readonly url: string;
  readonly code: string;
  readonly signal: AbortSignal;
  /** Before anything is sent. */
  readonly shown: (keys: BoxKeys) => void;
  readonly tell: (event: EnrolmentEvent) => void;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface EnrolledAgent {
  readonly origin: string;
  /** The broker it sends to. */
  readonly gateway: string;
  /** Empty: it was enrolled before. */
  readonly files: readonly string[];
}

/** @throws EnrolmentError */
export async function enrolAgent(options: EnrolAgentOptions): Promise<EnrolledAgent> {
  const { directory, code, signal, wait } = options;
  const url = parseServerUrl(options.url);
  const document = readDocument(join(directory, 'agent.yaml'));
  const before = alreadyEnrolled(document);
  if (before !== null) return before;
  const identity = readIdentity(directory, document);
  options.shown({ agentKey: identity.agent.publicKey, logKey: null });
  const enrolled = await enrol({
    ...{ code, identity, signal, wait },
    exchange: createExchange(url),
    now: Date.now,
    random: (length) => Uint8Array.from(randomBytes(length)),
    tell: options.tell,
  });
  return writeFiles(directory, document, enrolled);
}

function readDocument(file: string): Document {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new EnrolmentError(
      'AGENT_NOT_MADE',
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); make it with: sigill agent init DIR --name NAME`,
      { cause },
    );
  }
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem === undefined && isMap(document.contents)) return document;
  throw new EnrolmentError(
    'AGENT_NOT_MADE',
    `${file}: ${problem?.message ?? 'keys and values are expected'}; mend it there`,
  );
}

/** An agent has one gateway for ever: the numbers of its batches go on in that site log alone. */
function alreadyEnrolled(document: Document): EnrolledAgent | null {
  const [origin, gateway] = [document.get('origin'), document.getIn(['gateway', 'url'])];
  if (typeof origin !== 'string' || typeof gateway !== 'string') return null;
  return { origin, gateway, files: [] };
}

function readIdentity(directory: string, document: Document): BoxIdentity {
  const keys = join(directory, String(document.get('keys') ?? 'keys'));
  const password = keepSecret(join(keys, 'gateway-password'), () =>
    randomBytes(32).toString('base64url'),
  );
  return {
    ...{ kind: 'agent', name: String(document.get('name')), log: null },
    agent: readKey(join(keys, 'agent.pem')),
    passwordHash: sha256(utf8(password)),
  };
}

function readKey(path: string): Signer {
  try {
    const key = createPrivateKey(readSecret(path));
    return createSigner(Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' })));
  } catch (cause) {
    if (cause instanceof EnrolmentError) throw cause;
    throw new EnrolmentError(
      'AGENT_NOT_MADE',
      `${path}: no private key to read (${(cause as Error).message}); sigill agent init DIR --name NAME makes one`,
      { cause },
    );
  }
}

function readSecret(path: string): string {
  const file = openSync(path, 'r');
  try {
    if ((fstatSync(file).mode & 0o077) === 0) return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
  throw new EnrolmentError(
    'AGENT_NOT_MADE',
    `${path}: others on this machine may use this key; mend it with: chmod 600 ${path}`,
  );
}

function writeFiles(
  directory: string,
  document: Document,
  { origin, records, policy, broker }: Enrolled,
): EnrolledAgent {
  if (broker === null) {
    throw new EnrolmentError(
      'ENROLMENT_ANSWER',
      'the answer names no broker to send to; is this the address of a gateway?',
    );
  }
  const names = records.map((_, index) => nameOf(index, records.length));
  const pairs = Object.entries({ origin, gateway: gatewayOf(broker) }).map(([key, value]) =>
    document.createPair(key, value),
  );
  if (!isMap(document.contents)) throw new Error('agent.yaml was a map');
  for (const { key } of document.contents.items) if (isScalar(key)) key.commentBefore = null;
  document.contents.items.splice(1, 0, ...(pairs as typeof document.contents.items));
  for (const [index, name] of names.entries())
    replaceFile(join(directory, name), records[index] ?? new Uint8Array(0));
  replaceFile(join(directory, 'policy.json'), `${policy.trimEnd()}\n`);
  replaceFile(join(directory, 'agent.yaml'), document.toString({ lineWidth: 0 }));
  return { origin, gateway: broker.url, files: [...names, 'policy.json', 'agent.yaml'] };
}

function nameOf(index: number, count: number): string {
  if (index === count - 1) return 'gateway.record';
  return index === 0 ? 'operator.record' : `operator-${index}.record`;
}

function gatewayOf({ url, certificate }: NonNullable<EnrolmentApproval['broker']>) {
  return {
    url,
    ...(certificate === null ? {} : { certificate: `sha256/${toBase64(certificate)}` }),
  };
}
