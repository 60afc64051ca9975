/**
 * The HTTP server: every route, one error form, headers, documentation, the web app.
 * @module
 */
import { readFile } from 'node:fs/promises';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { addSensitiveGuard } from '../sensitive/guard.ts';
import type { Api, ApiContext, Route } from './context.ts';
import { addHostCheck } from './host-check.ts';
import { problemOf, sendProblem } from './problems.ts';
import { alarmsRoute } from './routes/alarms.ts';
import { completenessRoute } from './routes/completeness.ts';
import { enrollAgentsRoute } from './routes/enroll-agents.ts';
import { enrollErasuresRoute } from './routes/enroll-erasures.ts';
import { enrollRecordsRoute } from './routes/enroll-records.ts';
import { enrollRequestsRoute } from './routes/enroll-requests.ts';
import { eventsRoute } from './routes/events.ts';
import { evidenceRoute } from './routes/evidence.ts';
import { evidenceRangeRoute } from './routes/evidence-range.ts';
import { forksRoute } from './routes/forks.ts';
import { healthRoute } from './routes/health.ts';
import { ingestAnchorsRoute } from './routes/ingest-anchors.ts';
import { ingestBatchesRoute } from './routes/ingest-batches.ts';
import { ingestConflictsRoute } from './routes/ingest-conflicts.ts';
import { ingestEntriesRoute } from './routes/ingest-entries.ts';
import { ingestHeadsRoute } from './routes/ingest-heads.ts';
import { ingestReceiptRoute } from './routes/ingest-receipt.ts';
import { ingestStateRoute } from './routes/ingest-state.ts';
import { logTilesRoute } from './routes/log-tiles.ts';
import { metricsRoute } from './routes/metrics.ts';
import { notaryChangesRoute } from './routes/notary-changes.ts';
import { notaryRollCallsRoute } from './routes/notary-roll-calls.ts';
import { operatorActionsRoute } from './routes/operator-actions.ts';
import { operatorErasuresRoute } from './routes/operator-erasures.ts';
import { operatorSessionRoute } from './routes/operator-session.ts';
import { policyRoute } from './routes/policy.ts';
import { quarantineRoute } from './routes/quarantine.ts';
import { readingsRoute } from './routes/readings.ts';
import { seriesRoute } from './routes/series.ts';
import { statusRoute } from './routes/status.ts';
import { streamsRoute } from './routes/streams.ts';
import { witnessAddRoute } from './routes/witness-add.ts';
import { witnessCheckpointRoute } from './routes/witness-checkpoint.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { serveWebApp } from './web-app.ts';

const ROUTES: readonly Route[] = [
  statusRoute,
  streamsRoute,
  seriesRoute,
  readingsRoute,
  evidenceRoute,
  evidenceRangeRoute,
  completenessRoute,
  policyRoute,
  eventsRoute,
  ingestBatchesRoute,
  ingestReceiptRoute,
  ingestAnchorsRoute,
  ingestStateRoute,
  ingestEntriesRoute,
  ingestHeadsRoute,
  ingestConflictsRoute,
  notaryChangesRoute,
  notaryRollCallsRoute,
  witnessAddRoute,
  witnessCheckpointRoute,
  logTilesRoute,
  enrollRequestsRoute,
  enrollAgentsRoute,
  enrollRecordsRoute,
  enrollErasuresRoute,
  operatorSessionRoute,
  operatorActionsRoute,
  operatorErasuresRoute,
  healthRoute,
  metricsRoute,
  quarantineRoute,
  alarmsRoute,
  forksRoute,
];

const SEAL = new URL('../../web/public/seal.svg', import.meta.url);

export interface ServerOptions {
  readonly logger: FastifyBaseLogger;
  /** PEM; null without TLS. */
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | null;
  /** What it is called besides this machine's own names; null: by any name, which TLS vouches for. */
  readonly names: readonly string[] | null;
  /** A proxy on this machine stands in front, and says who calls. */
  readonly proxied: boolean;
  /** The built web app. */
  readonly web: string;
}

export async function createServer(context: ApiContext, options: ServerOptions): Promise<Api> {
  const api = createInstance(options);
  if (options.names !== null) addHostCheck(api, options.names);
  addSecurityHeaders(api, { connect: ledgerAddresses(context), tls: options.tls !== null });
  // As plain bytes: a Buffer's slices would keep the whole request in memory.
  api.addContentTypeParser(
    'application/cbor',
    { parseAs: 'buffer' },
    async (_: unknown, { buffer, byteOffset, length }: Buffer) =>
      new Uint8Array(buffer, byteOffset, length),
  );
  api.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.code);
    // What a gateway brought does not fit what we hold: someone should know, whatever it does next.
    if (problem.status === 422) request.log.warn({ problem, url: request.url }, problem.code);
    return sendProblem(reply, problem);
  });
  await document(api, context.version);
  addSensitiveGuard(api, context);
  for (const route of ROUTES) route(api, context);
  await serveWebApp(api, options.web);
  return api;
}

function createInstance({ logger, tls, proxied }: ServerOptions): Api {
  const common = {
    loggerInstance: logger,
    // Requests are counted in the metrics; a log line for each would drown what matters.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 128 * 1024,
    // Wrong codes are counted by address: behind a proxy, by the one that the proxy tells.
    trustProxy: proxied ? ['127.0.0.1', '::1'] : false,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false } },
  } as const;
  // The two differ in the socket below only, which no route touches.
  const instance =
    tls === null
      ? fastify(common)
      : (fastify({
          ...common,
          https: { ...tls, minVersion: 'TLSv1.2' },
        }) as unknown as FastifyInstance);
  return instance.withTypeProvider<TypeBoxTypeProvider>();
}

/** Where a browser compares block headers: our node, and those the policy names. */
function ledgerAddresses({ core, ledgerRpc }: ApiContext): string[] {
  const named = core.policy.ledger?.endpoints ?? [];
  return ledgerRpc === null ? [...named] : [ledgerRpc, ...named];
}

async function document(api: Api, version: string): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sigill cloud',
        version,
        description:
          'This release knows no users: whoever reaches it reads everything. Keep it on this machine, or behind access control of your own.',
      },
    },
  });
  await api.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    uiConfig: { tryItOutEnabled: false },
    theme: { title: 'Sigill cloud: API' },
    logo: { type: 'image/svg+xml', content: await readFile(SEAL), href: '/', target: '_self' },
  });
  api.get('/api/openapi.json', { schema: { hide: true } }, async () => api.swagger());
}
