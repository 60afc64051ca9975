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
  decodeReading,
  decodeSeal,
  EMPTY_ROOT,
  encodeCbor,
  fromBase64,
  hashesOf,
  inclusionPath,
  judgeAddCheckpoint,
  leafHash,
  openCheckpoint,
  openSign1,
  parseAddCheckpoint,
  type Signer,
  toBase64,
  toHex,
  treeRoot,
} from '@sigill/evidence';

/** What it holds of one log. */
export interface FakeLog {
  readonly origin: string;
  readonly logKey: Uint8Array;
  /** Seals by index, as they came. */
  readonly seals: Uint8Array[];
  /** The batches they came in. */
  readonly batches: Uint8Array[];
  /** The newest checkpoint receipted. */
  checkpoint: string | null;
  checkpointSize: number;
  witnessed: { size: number; root: Uint8Array };
}

export interface FakeCloud extends FakeLog {
  readonly url: URL;
  /** One for each generation, the oldest first; the newest is what all else here is of. */
  readonly logs: FakeLog[];
  /** From here on it takes another log, which goes on where the ones so far left their agents. */
  goOn(origin: string, logKey: Uint8Array): void;
  /** What was told of agents with two histories. */
  readonly conflicts: { readonly kind: string; readonly seal: Uint8Array | null }[];
  /** `METHOD path`, one a request. */
  readonly requests: string[];
  readonly anchors: { mined: unknown[]; final: unknown[] };
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
  const { witness, tls } = parts;
  const logs = [newLog(parts.origin, parts.logKey)];
  const newest = () => logs.at(-1)!;
  const logOf = (origin: string) => logs.find((log) => log.origin === origin) ?? newest();
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
      const from = fromOwner(request, response)?.from;
      if (from === undefined) return;
      const size = cloud.checkpointSize;
      const end = from < size ? size : cloud.seals.length;
      const batches = cloud.batches.slice(from, Math.min(end, from + ENTRIES));
      const next = from + batches.length;
      const hashes = hashesOf(cloud.seals.map(leafHash));
      const proof = next < size ? consistencyPath(next, size, hashes) : [];
      response.end(encodeCbor([batches, proof]));
    },

    '/ingest/v1/heads': (_body, response, request) => {
      const asked = fromOwner(request, response);
      if (asked === null) return;
      const { log, from } = asked;
      const { seals, checkpoint } = log;
      if (from > seals.length) return answer(response, 409, {});
      const hashes = hashesOf(seals.map(leafHash));
      const path = consistencyPath(from, seals.length, hashes);
      const agents = headsUpTo(logs.slice(0, logs.indexOf(log) + 1));
      const root = treeRoot(seals.map(leafHash));
      response.end(encodeCbor([seals.length, root, checkpoint, path, agents]));
    },

    '/ingest/v1/conflicts': (body, response) => {
      const [, signed] = decodeCbor(body) as [string, Uint8Array];
      const said = decodeCbor(openSign1(signed, newest().logKey)) as CborValue[];
      const [kind, seal] = [String(said[3]), said[6] as Uint8Array | null];
      cloud.conflicts.push({ kind, seal });
      answer(response, 200, {});
    },

    '/ingest/v1/state': (_body, response) =>
      answer(response, 200, {
        origin: newest().origin,
        next: cloud.seals.length,
        checkpointSize: cloud.checkpointSize,
        checkpoint: cloud.checkpoint,
        anchors: { mined: cloud.anchors.mined.length, final: cloud.anchors.final.length },
      }),

    '/ingest/v1/batches': (body, response) => {
      const [origin, first, batches] = decodeCbor(body) as [string, number, Uint8Array[]];
      if (origin !== cloud.origin) return answer(response, 403, { detail: 'that log is closed' });
      if (first !== cloud.seals.length) return answer(response, 409, { next: cloud.seals.length });
      cloud.seals.push(...batches.map((batch) => decodeBatch(batch).seal));
      cloud.batches.push(...batches);
      answer(response, 200, { next: cloud.seals.length, quarantined: [] });
    },

    '/ingest/v1/receipt': (body, response) => {
      const note = new TextDecoder().decode(body);
      const log = logOf(note.slice(0, note.indexOf('\n')));
      const { origin, logKey, seals } = log;
      const { size, root } = openCheckpoint(note, origin, logKey).checkpoint;
      if (size > seals.length) return answer(response, 409, { next: seals.length });
      const own = toBase64(treeRoot(seals.slice(0, size).map(leafHash)));
      if (own !== toBase64(root)) return answer(response, 422, { detail: 'another root' });
      log.checkpointSize = size;
      log.checkpoint = note;
      answer(response, 200, { origin, size, root: own });
    },

    '/witness/add-checkpoint': (body, response) => {
      const decision = judgeAddCheckpoint(
        parseAddCheckpoint(new TextDecoder().decode(body)),
        (origin) => {
          const { logKey: publicKey, witnessed } = logOf(origin);
          return { origin, publicKey, ...witnessed };
        },
      );
      if (decision.status === 409) return response.writeHead(409).end(`${decision.size}\n`);
      if (decision.status !== 200) return answer(response, decision.status, decision);
      logOf(decision.checkpoint.origin).witnessed = decision.checkpoint;
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

  /** Answered already where it is null. */
  function fromOwner(request: IncomingMessage, response: ServerResponse) {
    const path = request.url ?? '';
    const { searchParams } = new URL(path, cloud.url);
    const log = logOf(searchParams.get('origin') ?? '');
    const signed = fromBase64(String(request.headers['x-sigill-request']));
    const asked = encodeCbor(['sigill.request.1', 'a nonce', path]);
    if (Buffer.from(openSign1(signed, log.logKey)).equals(asked))
      return { log, from: Number(searchParams.get('from')) };
    answer(response, 403, {});
    return null;
  }

  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response).catch((error) => response.destroy(error));
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const cloud: FakeCloud = {
    url: new URL(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`),
    logs,
    goOn: (origin, logKey) => void logs.push(newLog(origin, logKey)),
    get origin() {
      return newest().origin;
    },
    get logKey() {
      return newest().logKey;
    },
    get seals() {
      return newest().seals;
    },
    get batches() {
      return newest().batches;
    },
    get checkpoint() {
      return newest().checkpoint;
    },
    set checkpoint(note) {
      newest().checkpoint = note;
    },
    get checkpointSize() {
      return newest().checkpointSize;
    },
    set checkpointSize(size) {
      newest().checkpointSize = size;
    },
    get witnessed() {
      return newest().witnessed;
    },
    set witnessed(head) {
      newest().witnessed = head;
    },
    conflicts: [],
    requests: [],
    anchors: { mined: [], final: [] },
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

function newLog(origin: string, logKey: Uint8Array): FakeLog {
  const nothing = { checkpoint: null, checkpointSize: 0, witnessed: { size: 0, root: EMPTY_ROOT } };
  return { origin, logKey, seals: [], batches: [], ...nothing };
}

/** Of each agent its last entry in these logs, with its proof and where its streams go on. */
function headsUpTo(logs: readonly FakeLog[]): CborValue[] {
  const heads = new Map<string, CborValue[]>();
  const streams = new Map<string, Map<string, CborValue[]>>();
  for (const { origin, seals, batches } of logs) {
    const hashes = hashesOf(seals.map(leafHash));
    for (const [index, seal] of seals.entries()) {
      const agent = toHex(decodeSeal(seal).header.agent);
      const known = streams.get(agent) ?? new Map<string, CborValue[]>();
      streams.set(agent, known);
      for (const bytes of decodeBatch(batches[index]!).readings) {
        const { source, device, n } = decodeReading(bytes);
        known.set(`${source} ${device}`, [source, device, n + 1]);
      }
      heads.set(agent, [origin, seal, index, inclusionPath(index, seals.length, hashes)]);
    }
  }
  return [...heads].map(([agent, head]) => [...head, [...streams.get(agent)!.values()]]);
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
