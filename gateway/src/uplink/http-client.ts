/**
 * Requests to one server. Over HTTPS the server is who holds the pinned certificate: no authority is
 * asked, and not a byte is sent before the certificate has been compared. Plain HTTP goes to this machine only.
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { GatewayError } from '../errors.ts';

export interface HttpClient {
  /** @throws GatewayError CLOUD_UNREACHABLE, CLOUD_CERTIFICATE_MISMATCH, CLOUD_ANSWER_INVALID */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Relative to the server's address. */
  readonly path: string;
  readonly type?: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** The largest answer that is expected. */
  readonly maxAnswerBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

// Where nothing else is asked for, an answer fits in a few hundred bytes; a server that sends more is not ours.
const MAX_ANSWER_BYTES = 1 << 20;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Plain HTTP past this machine would let anyone on the way answer for the cloud. */
export function assertSecure(url: URL): void {
  if (url.protocol === 'https:' || LOOPBACK.test(url.hostname)) return;
  throw new GatewayError(
    'CLOUD_URL_INSECURE',
    `cloud.url: ${url.origin} is plain HTTP to another machine, where anyone on the way could answer for the cloud; give the cloud a certificate (listen.tls in cloud.yaml), write https://… and its certificate: sha256/…`,
  );
}

/** @param certificate pinned; 'vouched': one that an authority vouches for */
export function createHttpClient(url: URL, certificate: Uint8Array | 'vouched' | null): HttpClient {
  assertSecure(url);
  const secure = url.protocol === 'https:';
  const agent = !secure
    ? new HttpAgent({ keepAlive: true })
    : certificate === 'vouched'
      ? new HttpsAgent({ keepAlive: true, minVersion: 'TLSv1.2' })
      : createPinningAgent(certificate);
  const send = secure ? httpsRequest : httpRequest;

  return {
    request({ method, path, type, body, ...rest }, signal) {
      return new Promise((resolve, reject) => {
        const headers = {
          ...rest.headers,
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(body === undefined ? {} : { 'content-length': body.length }),
        };
        const target = new URL(path.replace(/^\//, ''), url.href.replace(/\/?$/, '/'));
        const request = send(target, { method, headers, agent, signal }, (response) => {
          readBody(response, rest.maxAnswerBytes ?? MAX_ANSWER_BYTES).then(
            (bytes) => resolve({ status: response.statusCode ?? 0, body: bytes }),
            (cause) => reject(asUnreachable(url, cause)),
          );
        });
        request.on('error', (cause) => reject(asUnreachable(url, cause)));
        request.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

/** SHA-256 of the certificate a server shows, for pinning it at first sight. */
export async function certificateOf(url: URL, signal: AbortSignal): Promise<Uint8Array> {
  const socket = await connectTls(url.hostname, Number(url.port || 443), signal);
  try {
    return fingerprint(socket);
  } finally {
    socket.destroy();
  }
}

export function formatPin(certificate: Uint8Array): string {
  return `sha256/${Buffer.from(certificate).toString('base64')}`;
}

function createPinningAgent(pinned: Uint8Array | null): HttpsAgent {
  const agent = new HttpsAgent({ keepAlive: true });
  // The agent takes a socket through the callback, so requests are written only after the comparison.
  agent.createConnection = ({ host, port, signal }, callback) => {
    connectTls(host ?? '', Number(port), signal).then(
      (socket) => {
        const shown = fingerprint(socket);
        if (pinned !== null && timingSafeEqual(shown, pinned)) return callback?.(null, socket);
        socket.destroy();
        callback?.(mismatch(host ?? '', shown, pinned), socket);
      },
      (cause) => callback?.(cause, undefined as never),
    );
    return undefined;
  };
  return agent;
}

function connectTls(host: string, port: number, signal?: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      // Authenticity is the pin's business, checked by whoever asked for this socket.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const abort = () => socket.destroy(new Error('given up'));
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.off('error', reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function fingerprint(socket: TLSSocket): Uint8Array {
  const certificate = socket.getPeerX509Certificate();
  return createHash('sha256')
    .update(certificate?.raw ?? '')
    .digest();
}

function mismatch(host: string, shown: Uint8Array, pinned: Uint8Array | null): GatewayError {
  const expected = pinned === null ? 'none' : formatPin(pinned);
  return new GatewayError(
    'CLOUD_CERTIFICATE_MISMATCH',
    `${host}: certificate ${expected} expected, it shows ${formatPin(shown)}; if its owner renewed it, write the new one to cloud.certificate, else somebody stands in between`,
    { retryable: true },
  );
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      throw new GatewayError(
        'CLOUD_ANSWER_INVALID',
        `an answer of more than ${maxBytes} bytes; is cloud.url the address of a Sigill cloud?`,
        { retryable: true },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asUnreachable(url: URL, cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new GatewayError('CLOUD_UNREACHABLE', `${url.origin}: no answer (${reason})`, {
    cause,
    retryable: true,
  });
}
