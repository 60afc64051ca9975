/** This machine's network, as the doctor asks it. */
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { certificateOf } from '../../uplink/http-client.ts';
import type { Network } from './box.ts';

// What answers at all answers within it; a technician waits for the slowest check.
const PATIENCE_MS = 5000;

export function createNetwork(): Network {
  return {
    async resolve(host) {
      const found = await within(lookup(host, { all: true }), 'no name server answers');
      return found.map(({ address }) => address);
    },
    connect: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, timeout: PATIENCE_MS });
        socket
          .once('connect', () => {
            socket.destroy();
            resolve();
          })
          .once('timeout', () => socket.destroy(new Error(`no answer in ${PATIENCE_MS / 1000} s`)))
          .once('error', (error: NodeJS.ErrnoException) => reject(new Error(wordsFor(error))));
      }),
    certificate: (url) => certificateOf(url, AbortSignal.timeout(PATIENCE_MS)),
    async clockOf(url) {
      const date = await dateOf(url);
      return date === undefined ? null : Date.parse(date);
    },
    async chainId(rpc) {
      const response = await fetch(rpc, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const { result } = (await response.json()) as { result?: string };
      if (typeof result !== 'string') throw new Error('it is no JSON-RPC of a ledger');
      return String(BigInt(result));
    },
  };
}

/** The Date header of a server, whatever certificate it shows: nothing is sent, and the difference is only told. */
function dateOf(url: URL): Promise<string | undefined> {
  const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    ask(url, { method: 'HEAD', rejectUnauthorized: false, signal }, (response) => {
      response.resume();
      resolve(response.headers.date);
    })
      .once('error', reject)
      .end();
  });
}

async function within<T>(work: Promise<T>, otherwise: string): Promise<T> {
  const timeout = new Promise<never>((_, reject) => {
    AbortSignal.timeout(PATIENCE_MS).addEventListener('abort', () => reject(new Error(otherwise)));
  });
  return Promise.race([work, timeout]);
}

function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'the connection is refused: nothing listens there';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no way there';
  return message;
}
