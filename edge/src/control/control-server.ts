/**
 * What a running gateway or agent tells the tools on its own box, over a socket that file
 * permissions guard: GET /status, and GET /readings as they are sealed, a line each.
 * @module
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SealedBatch } from '../sealer.ts';
import { controlSocketIn } from './socket-path.ts';
import { tellReadings } from './told-reading.ts';

export interface ControlParts {
  /** The data directory; its lock is held. */
  readonly directory: string;
  /** Anything that JSON can tell. */
  status(): object;
  /** Called with each batch as it is sealed, until the returned function is called. */
  subscribe(listener: (batch: SealedBatch) => void): () => void;
}

export interface Control {
  stop(): Promise<void>;
}

// A terminal that is held with Ctrl-S misses lines and is told how many; it never slows the agent.
const MAX_UNREAD_BYTES = 1024 * 1024;

export async function startControl(parts: ControlParts): Promise<Control> {
  const socket = controlSocketIn(parts.directory);
  rmSync(socket.path, { force: true }); // of a process that was killed; the lock says it is gone
  const server = createServer((request, response) => answer(parts, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket.path, resolve);
  });
  chmodSync(socket.path, 0o600);
  return {
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      socket.release();
    },
  };
}

function answer(parts: ControlParts, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://control');
  if (request.method !== 'GET') response.writeHead(405).end();
  else if (url.pathname === '/status') tellStatus(parts, response);
  else if (url.pathname === '/readings') followReadings(parts, url, response);
  else response.writeHead(404).end();
}

function tellStatus({ status }: ControlParts, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(status(), plainJson));
}

/** Bytes as hex, big integers as text: JSON knows neither. */
function plainJson(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' ? String(value) : value;
}

function followReadings({ subscribe }: ControlParts, url: URL, response: ServerResponse): void {
  const wanted = url.searchParams.get('source');
  let missed = 0;
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  const stop = subscribe((batch) => {
    for (const reading of tellReadings(batch)) {
      if (wanted !== null && reading.source !== wanted) continue;
      if (response.writableLength > MAX_UNREAD_BYTES) {
        missed += 1;
        continue;
      }
      if (missed > 0) response.write(`${JSON.stringify({ missed })}\n`);
      missed = 0;
      response.write(`${JSON.stringify(reading)}\n`);
    }
  });
  response.on('close', stop).on('error', stop);
}
