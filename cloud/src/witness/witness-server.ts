/** The HTTP server of a witness that runs by itself: C2SP tlog-witness, what it found, and how it is. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { formatNoteKey, type NoteKey } from '@sigill/evidence';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Gauge, Registry } from 'prom-client';
import type { Api } from '../api/context.ts';
import { addHostCheck } from '../api/host-check.ts';
import { problemOf, sendProblem } from '../api/problems.ts';
import { createLimiter } from '../enrolment/limiter.ts';
import { CloudError } from '../errors.ts';
import type { FolderForks } from './folder-forks.ts';
import type { WatchedLogs } from './watched-logs.ts';
import type { Witness } from './witness.ts';
import { addWitnessRoutes } from './witness-routes.ts';

export interface WitnessServerParts {
  readonly key: NoteKey;
  readonly witness: Witness;
  readonly watched: WatchedLogs;
  readonly forks: FolderForks;
  readonly logger: FastifyBaseLogger;
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | null;
  readonly proxied: boolean;
  /** What it is called besides this machine's own names; null: by any name. */
  readonly names: readonly string[] | null;
  readonly now: () => number;
}

// A request is at most 63 hashes and a note of 32 KiB.
const BODY_LIMIT = 64 * 1024;
// Each costs a signature check. A site's gateways behind one address ask some times in ten seconds.
const REQUESTS = { tries: 300, refillMs: 50 };
const MAX_CONNECTIONS = 1000;

export function createWitnessServer(parts: WitnessServerParts): Api {
  const { witness, watched, forks, key, now } = parts;
  const api = createInstance(parts);
  api.server.maxConnections = MAX_CONNECTIONS;
  if (parts.names !== null) addHostCheck(api, parts.names);
  const requests = createLimiter({ ...REQUESTS, now });
  api.addHook('onRequest', async ({ ip }) => {
    if (!requests.allows(ip))
      throw new CloudError('WITNESS_BUSY', 'this address asks too often', { retryable: true });
    requests.count(ip);
  });
  api.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.code);
    return sendProblem(reply, problem);
  });
  api.setNotFoundHandler((_, reply) =>
    sendProblem(reply, {
      ...{ status: 404, code: 'NOT_FOUND', title: 'not found' },
      detail: 'a witness has /add-checkpoint, /<hash of an origin>/checkpoint, /forks and /health',
    }),
  );
  addWitnessRoutes(api, { witness, originOf: watched.originOf, prefix: '' });
  api.get('/', async (_, reply) =>
    reply.type('text/plain; charset=utf-8').send(`${formatNoteKey(key)}\n`),
  );
  api.get('/forks', async (_, reply) => {
    reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' });
    return { forks: forks.list() };
  });
  api.get('/health', async () => ({ status: 'ok', logs: watched.count() }));
  addMetrics(api, parts);
  return api;
}

function createInstance({ logger, tls, proxied }: WitnessServerParts): Api {
  const common = {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: proxied ? ['127.0.0.1', '::1'] : false,
    requestTimeout: 10_000,
    forceCloseConnections: true,
  } as const;
  const instance =
    tls === null
      ? fastify(common)
      : (fastify({
          ...common,
          https: { ...tls, minVersion: 'TLSv1.2' },
        }) as unknown as FastifyInstance);
  return instance.withTypeProvider<TypeBoxTypeProvider>();
}

function addMetrics(api: Api, { witness, watched, forks }: WitnessServerParts): void {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(value());
      },
    });
  gauge('sigill_witness_logs', 'Logs that are watched', watched.count);
  gauge(
    'sigill_witness_cosigned',
    'Checkpoints cosigned since the start',
    () => witness.counts().cosigned,
  );
  gauge(
    'sigill_witness_refused',
    'Checkpoints not cosigned since the start',
    () => witness.counts().refused,
  );
  gauge('sigill_witness_forks', 'Logs with two histories, proven', () => forks.list().length);
  gauge('sigill_witness_doubts', 'Heads that were not shown to continue', forks.doubts);
  api.get('/metrics', async (_, reply) =>
    reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics()),
  );
}
