/**
 * The operator's way to a running cloud from a command: signed in with a one-time link, one request at a time.
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { toBase64 } from '@sigill/evidence';
import type { Erasable, ReadingName, StreamPeriod } from '../erasure/erasable.ts';
import { CloudError } from '../errors.ts';
import type { NewInvitation } from './operator.ts';
import type { Overview } from './overview.ts';

export interface OperatorClient {
  overview(): Promise<Overview>;
  invite(madeFor: string | null): Promise<NewInvitation>;
  refuse(box: string, reason: string): Promise<void>;
  bring(record: Uint8Array): Promise<void>;
  erasable(question: ErasureQuestion): Promise<{ readonly readings: readonly Erasable[] }>;
  /** They are gone when none is open any more. */
  erase(...erasures: readonly Uint8Array[]): Promise<void>;
  erasuresOpen(): Promise<number>;
  /** The session is over. */
  leave(): Promise<void>;
}

export type ErasureQuestion = { readonly readings: readonly ReadingName[] } | StreamPeriod;

export interface CloudAddress {
  readonly url: string;
  /** SHA-256 of its certificate; null: a certificate that an authority vouches for, or plain HTTP on this machine. */
  readonly certificate: Uint8Array | null;
}

// An overview of a thousand boxes is some 2 MB.
const MAX_ANSWER_BYTES = 16 << 20;
const ANSWER_TIMEOUT_MS = 30_000;

/** @throws CloudError LINK_INVALID, CLOUD_UNREACHABLE, CLOUD_REFUSED, CERTIFICATE_MISMATCH */
export async function signIn(
  address: CloudAddress,
  token: string,
  signal: AbortSignal,
): Promise<OperatorClient> {
  let session: { cookie: string; form: string } | null = null;

  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers: Record<string, string> =
      session === null ? {} : { cookie: session.cookie, 'x-sigill-form': session.form };
    const answer = await send(
      address,
      { method, path: `/operator/v1/${path}`, headers, body },
      signal,
    );
    if (answer.cookie !== undefined && session === null) {
      const { form } = answer.body as { form: string };
      session = { cookie: answer.cookie, form };
    }
    return answer.body;
  }

  await ask('POST', 'session', { token });
  return {
    overview: async () => (await ask('GET', 'overview')) as Overview,
    invite: async (madeFor) =>
      (await ask('POST', 'invitations', { kind: 'gateway', madeFor })) as NewInvitation,
    refuse: async (box, reason) => void (await ask('POST', `boxes/${box}/refuse`, { reason })),
    bring: async (record) => void (await ask('POST', 'records', { record: toBase64(record) })),
    erasable: async (question) =>
      (await ask('POST', 'erasures/find', question)) as { readings: Erasable[] },
    erase: async (...erasures) =>
      void (await ask('POST', 'erasures', { erasures: erasures.map(toBase64) })),
    erasuresOpen: async () => ((await ask('GET', 'erasures')) as { open: number }).open,
    leave: async () => void (await ask('DELETE', 'session').catch(() => {})),
  };
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: object | undefined;
}

interface Answer {
  readonly body: unknown;
  readonly cookie: string | undefined;
}

/** One request. @throws CloudError CLOUD_UNREACHABLE, CLOUD_REFUSED, CERTIFICATE_MISMATCH, LINK_INVALID */
export function send({ url, certificate }: CloudAddress, question: Question, signal: AbortSignal) {
  const secure = url.startsWith('https:');
  const text = question.body === undefined ? '' : JSON.stringify(question.body);
  return new Promise<Answer>((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(new URL(question.path, url), {
      method: question.method,
      headers: {
        ...question.headers,
        'content-length': Buffer.byteLength(text),
        ...(text === '' ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      agent: false,
      ...(certificate === null ? {} : { rejectUnauthorized: false }),
    });
    request.on('error', (cause) => reject(asUnreachable(url, cause)));
    request.on('response', (response) => {
      readAnswer(response, url).then(resolve, reject);
    });
    if (certificate === null) return void request.end(text);
    // Nothing of the token leaves before the certificate has been compared.
    request.on('socket', (socket) => {
      (socket as TLSSocket).once('secureConnect', () => {
        const raw = (socket as TLSSocket).getPeerX509Certificate()?.raw ?? '';
        const shown = createHash('sha256').update(raw).digest();
        if (timingSafeEqual(shown, certificate)) return request.end(text);
        reject(mismatch(url));
        return request.destroy();
      });
    });
  });
}

async function readAnswer(response: IncomingMessage, url: string): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new CloudError('CLOUD_REFUSED', `${url}: an answer without end`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const status = response.statusCode ?? 0;
  if (status === 204) return { body: null, cookie: undefined };
  const body = parse(text, url);
  if (status === 200)
    return { body, cookie: response.headers['set-cookie']?.[0]?.split(';', 1)[0] };
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown };
  if (code === 'LINK_INVALID') throw new CloudError('LINK_INVALID', String(detail));
  throw new CloudError('CLOUD_REFUSED', `${String(code)}: ${String(detail)}`);
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CloudError('CLOUD_REFUSED', `${url} does not answer as a Sigill cloud does`, {
      cause,
    });
  }
}

function asUnreachable(url: string, cause: unknown): CloudError {
  if (cause instanceof CloudError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new CloudError(
    'CLOUD_UNREACHABLE',
    `${url} does not answer (${code ?? message}); is the cloud running? sigill cloud run cloud.yaml`,
    { cause },
  );
}

function mismatch(url: string): CloudError {
  return new CloudError(
    'CERTIFICATE_MISMATCH',
    `${url} shows another certificate than the one named; nothing was sent. Make a new link, and copy its whole command`,
  );
}
