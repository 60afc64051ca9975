/** A server with the cloud's routes and nothing behind them: a test says what it knows and when it speaks. */
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Reading, Series, Status, Stream, Watermarks } from '../src/api/model.ts';

export interface CloudFakeData {
  status: Status;
  streams: Stream[];
  /** Newest first. */
  readings: Reading[];
  series: (field: string, from: number, to: number) => Series;
  /** By `agent/seq`. */
  evidence: (agent: string, seq: number) => Uint8Array | null;
  policy: Uint8Array;
  /** What the calendar and its evidence are asked with; absent, both are unknown. */
  completeness?: (query: URLSearchParams) => Promise<unknown>;
  range?: (query: URLSearchParams) => Promise<Uint8Array>;
}

export interface CloudFake {
  readonly url: string;
  readonly data: CloudFakeData;
  reading(reading: Reading): void;
  watermarks(marks: Watermarks): void;
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What the page asks of a browser: nothing from elsewhere but the ledger's own answer. */
export const contentSecurityPolicy = (rpc: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${rpc === null ? '' : ` ${rpc}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export async function startCloudFake(
  dist: string,
  data: CloudFakeData,
  port = 0,
): Promise<CloudFake> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => answer(request, response));

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = url.pathname;
    const json = (value: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    if (path === '/api/v1/status') return json(data.status);
    if (path === '/api/v1/streams') return json({ streams: data.streams });
    if (path === '/api/v1/readings') return json({ readings: select(data.readings, url) });
    if (path === '/api/v1/series') {
      const [from, to] = [url.searchParams.get('from'), url.searchParams.get('to')];
      return json(data.series(url.searchParams.get('field') ?? '', Number(from), Number(to)));
    }
    const asked = {
      '/api/v1/completeness': data.completeness,
      '/api/v1/evidence/range': data.range,
    };
    const ask = Object.entries(asked).find(([known]) => known === path)?.[1];
    if (ask !== undefined) {
      void ask(url.searchParams).then(
        (found) => (found instanceof Uint8Array ? response.end(found) : json(found)),
        ({ message, code }) => {
          response.statusCode = code === 'EVIDENCE_PENDING' ? 409 : 422;
          json({ title: String(code), detail: String(message) });
        },
      );
      return;
    }
    if (path === '/api/v1/policy') return response.end(data.policy);
    if (path === '/api/v1/events') {
      response.setHeader('content-type', 'text/event-stream');
      response.write(': hello\n\n');
      listeners.add(response);
      return response.on('close', () => listeners.delete(response));
    }
    const [, agent, seq] = /^\/api\/v1\/evidence\/([0-9a-f]+)\/(\d+)$/.exec(path) ?? [];
    if (agent !== undefined) {
      const file = data.evidence(agent, Number(seq));
      if (file !== null) return response.end(file);
      response.statusCode = 404;
      return json({ title: 'no such reading' });
    }
    serve(dist, path, data.status.ledger?.rpc ?? null, response);
  };

  const send = (event: string, value: unknown) => {
    for (const listener of listeners)
      listener.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  };

  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    data,
    reading(reading) {
      data.readings.unshift(reading);
      send('reading', reading);
    },
    watermarks(marks) {
      data.status = { ...data.status, origins: [marks] };
      send('watermarks', marks);
    },
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function select(readings: readonly Reading[], url: URL): Reading[] {
  const wanted = (name: string) => url.searchParams.get(name);
  const to = Number(wanted('to') ?? Number.POSITIVE_INFINITY);
  return readings
    .filter((one) => one.source === wanted('source') && one.device === wanted('device'))
    .filter((one) => one.agent === wanted('agent') && one.time < to)
    .slice(0, Number(wanted('limit')));
}

function serve(dist: string, path: string, rpc: string | null, response: ServerResponse): void {
  const file = join(dist, normalize(path === '/' ? '/index.html' : path));
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  response.setHeader('content-security-policy', contentSecurityPolicy(rpc));
  createReadStream(file)
    .on('error', () => {
      response.statusCode = 404;
      response.end();
    })
    .pipe(response);
}
