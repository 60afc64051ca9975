/**
 * One question to an enrolment server, over a connection of its own. A fresh box cannot judge a certificate: its
 * clock may stand at 1970, and nobody has told it an authority. So the one that is shown is handed to whoever makes
 * the question, which says it back under the code's secret: if somebody stands in between, the server sees it.
 * @module
 */
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { EnrolmentError } from './enrolment-error.ts';

/** SHA-256 of what the server showed; null without TLS. */
export type ShownCertificate = Uint8Array | null;

export interface Question {
  readonly method: 'GET' | 'POST';
  /** Relative to the server's address. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** JSON, parsed; null for what is none. */
  readonly body: unknown;
  readonly certificate: ShownCertificate;
}

/** @throws EnrolmentError ENROLMENT_UNREACHABLE, ENROLMENT_ANSWER */
export type Exchange = (
  ask: (certificate: ShownCertificate) => Question,
  signal: AbortSignal,
) => Promise<Answer>;

// Records, policy and a chain of operator records are some 10 kB.
const MAX_ANSWER_BYTES = 1 << 20;
// A bad line needs long; a server that needs longer is not there.
const TIMEOUT_MS = 30_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws EnrolmentError ENROLMENT_URL */
export function parseServerUrl(written: string): URL {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new EnrolmentError(
      'ENROLMENT_URL',
      `${written}: write the address as the operator gave it, such as https://cloud.example.org`,
    );
  }
  if (url.protocol === 'https:' || LOOPBACK.test(url.hostname)) return url;
  throw new EnrolmentError(
    'ENROLMENT_URL',
    `${url.origin} is plain HTTP to another machine, where anyone on the way could answer; ask the operator for its https address`,
  );
}

export function createExchange(url: URL): Exchange {
  return async (ask, signal) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const socket = await open(url, bounded);
      try {
        const certificate = 'getPeerX509Certificate' in socket ? hashOf(socket) : null;
        return { ...(await send(url, socket, ask(certificate), bounded)), certificate };
      } finally {
        socket.destroy();
      }
    } catch (error) {
      throw error instanceof EnrolmentError ? error : unreachable(url, error, signal);
    }
  };
}

function open(url: URL, signal: AbortSignal): Promise<Socket | TLSSocket> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectTls({
          ...{ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.2' },
          ...(isIP(host) === 0 ? { servername: host } : {}),
        })
      : connectTcp({ host, port });
    const abort = () => socket.destroy(new Error('given up'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.once('error', reject);
    socket.once(secure ? 'secureConnect' : 'connect', () => resolve(socket));
  });
}

function send(url: URL, socket: Socket, question: Question, signal: AbortSignal) {
  const { method, path, body = '' } = question;
  const target = new URL(path, url.href.replace(/\/?$/, '/'));
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const request = httpRequest({
      ...{ method, path: target.pathname + target.search, signal },
      // Over the connection that is open already, whichever kind it is.
      createConnection: () => socket,
      headers: {
        host: target.host,
        connection: 'close',
        ...(body === ''
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      readText(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, body: parse(text) }),
        reject,
      );
    });
    request.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new EnrolmentError('ENROLMENT_ANSWER', 'the server sends an answer without end');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function hashOf(socket: TLSSocket): Uint8Array {
  const raw = socket.getPeerX509Certificate()?.raw ?? '';
  return Uint8Array.from(createHash('sha256').update(raw).digest());
}

function unreachable(url: URL, cause: unknown, signal: AbortSignal): EnrolmentError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = signal.aborted ? 'stopped' : (code ?? message);
  return new EnrolmentError('ENROLMENT_UNREACHABLE', `${url.origin} does not answer (${reason})`, {
    cause,
    retryable: true,
  });
}
