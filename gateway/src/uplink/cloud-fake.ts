/**
 * A cloud on a real socket: the ingest and witness routes with the promises of each, and faults on demand.
 * @module
 */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type CborValue,
  consistencyPath,
  cosign,
  decodeBatch,
  decodeCbor,
  encodeCbor,
  fromBase64,
  hashesOf,
  judgeAddCheckpoint,
  leafHash,
  openCheckpoint,
  openSign1,
  parseAddCheckpoint,
  type Signer,
  toBase64,
  treeRoot,
} from '@sigill/evidence';

export interface FakeCloud {
  readonly url: URL;
  /** Seals by index, as they came. */
  readonly seals: Uint8Array[];
  /** The batches they came in. */
  readonly batches: Uint8Array[];
  /** The newest checkpoint receipted. */
  checkpoint: string | null;
  /** What was told of agents with two histories. */
  readonly conflicts: { readonly kind: string; readonly seal: Uint8Array | null }[];
  /** `METHOD path`, one a request. */
  readonly requests: string[];
  readonly anchors: { mined: unknown[]; final: unknown[] };
  witnessed: { size: number; root: Uint8Array };
  checkpointSize: number;
  /** The next request to this path is answered so instead. */
  fault(path: string, answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  /** Resolves when the condition holds as a request comes in. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export interface FakeCloudParts {
  readonly origin: string;
  readonly logKey: Uint8Array;
  readonly witness: { readonly name: string; readonly signer: Signer };
  readonly tls?: { readonly key: string; readonly cert: string };
}

// As few that a test's log comes in pieces.
const ENTRIES = 4;

export async function startFakeCloud(parts: FakeCloudParts): Promise<FakeCloud> {
  const { origin, logKey, witness, tls } = parts;
  const progress = new EventEmitter();
  const faults = new Map<string, ((q: IncomingMessage, r: ServerResponse) => void)[]>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Uint8Array.from(Buffer.concat(chunks));
    cloud.requests.push(`${request.method} ${path}`);
    progress.emit('request');
    const fault = faults.get(path)?.shift();
    if (fault) return fault(request, response);
    const route = routes[path];
    if (route === undefined) return answer(response, 404, { detail: 'no such route' });
    route(body, response, request);
  }

  const routes: Record<
    string,
    (body: Uint8Array, response: ServerResponse, request: IncomingMessage) => void
  > = {
    '/ingest/v1/challenge': (_body, response) => answer(response, 200, { nonce: 'a nonce' }),

    '/ingest/v1/entries': (_body, response, request) => {
      const path = request.url ?? '';
      const signed = fromBase64(String(request.headers['x-sigill-request']));
      const asked = encodeCbor(['sigill.request.1', 'a nonce', path]);
      if (!Buffer.from(openSign1(signed, logKey)).equals(asked)) return answer(response, 403, {});
      const from = Number(new URL(path, cloud.url).searchParams.get('from'));
      const size = cloud.checkpointSize;
      const end = from < size ? size : cloud.seals.length;
      const batches = cloud.batches.slice(from, Math.min(end, from + ENTRIES));
      const next = from + batches.length;
      const hashes = hashesOf(cloud.seals.map(leafHash));
      const proof = next < size ? consistencyPath(next, size, hashes) : [];
      response.end(encodeCbor([batches, proof]));
    },

    '/ingest/v1/conflicts': (body, response) => {
      const [, signed] = decodeCbor(body) as [string, Uint8Array];
      const said = decodeCbor(openSign1(signed, logKey)) as CborValue[];
      const [kind, seal] = [String(said[3]), said[6] as Uint8Array | null];
      cloud.conflicts.push({ kind, seal });
      answer(response, 200, {});
    },

    '/ingest/v1/state': (_body, response) =>
      answer(response, 200, {
        origin,
        next: cloud.seals.length,
        checkpointSize: cloud.checkpointSize,
        checkpoint: cloud.checkpoint,
        anchors: { mined: cloud.anchors.mined.length, final: cloud.anchors.final.length },
      }),

    '/ingest/v1/batches': (body, response) => {
      const [, first, batches] = decodeCbor(body) as [string, number, Uint8Array[]];
      if (first !== cloud.seals.length) return answer(response, 409, { next: cloud.seals.length });
      cloud.seals.push(...batches.map((batch) => decodeBatch(batch).seal));
      cloud.batches.push(...batches);
      answer(response, 200, { next: cloud.seals.length, quarantined: [] });
    },

    '/ingest/v1/receipt': (body, response) => {
      const { checkpoint } = openCheckpoint(new TextDecoder().decode(body), origin, logKey);
      const { size, root } = checkpoint;
      if (size > cloud.seals.length) return answer(response, 409, { next: cloud.seals.length });
      const own = toBase64(treeRoot(cloud.seals.slice(0, size).map(leafHash)));
      if (own !== toBase64(root)) return answer(response, 422, { detail: 'another root' });
      cloud.checkpointSize = size;
      cloud.checkpoint = new TextDecoder().decode(body);
      answer(response, 200, { origin, size, root: own });
    },

    '/witness/add-checkpoint': (body, response) => {
      const decision = judgeAddCheckpoint(
        parseAddCheckpoint(new TextDecoder().decode(body)),
        () => ({
          origin,
          publicKey: logKey,
          ...cloud.witnessed,
        }),
      );
      if (decision.status === 409) return response.writeHead(409).end(`${decision.size}\n`);
      if (decision.status !== 200) return answer(response, decision.status, decision);
      cloud.witnessed = decision.checkpoint;
      response.end(cosign(decision.text, witness.name, witness.signer, 1_760_000_000));
    },

    '/ingest/v1/anchors': (body, response) => {
      const bundle = JSON.parse(new TextDecoder().decode(body));
      const { mined, final } = cloud.anchors;
      mined.splice(
        bundle.anchor.index,
        bundle.status === 'mined' ? Number.POSITIVE_INFINITY : 1,
        bundle,
      );
      if (bundle.status === 'final') final[bundle.anchor.index] = bundle;
      answer(response, 200, { mined: mined.length, final: final.length });
    },
  };

  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response).catch((error) => response.destroy(error));
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const cloud: FakeCloud = {
    url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`),
    seals: [],
    batches: [],
    checkpoint: null,
    conflicts: [],
    requests: [],
    anchors: { mined: [], final: [] },
    witnessed: { size: 0, root: treeRoot([]) },
    checkpointSize: 0,
    fault: (path, how) => faults.set(path, [...(faults.get(path) ?? []), how]),
    async until(condition) {
      while (!condition()) await once(progress, 'request');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return cloud;
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
