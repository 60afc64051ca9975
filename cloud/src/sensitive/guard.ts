/**
 * Who may see exact positions: an operator who is signed in, and who has a token for the site's log. Everybody else is
 * shown an agent's cells alone. Roles and studies will say more finely who may; until then it is denied first.
 * @module
 */
import {
  agentId,
  decodeBatch,
  decodeReading,
  earlierOrigins,
  fromHex,
  toHex,
} from '@sigill/evidence';
import type { FastifyRequest } from 'fastify';
import type { Api, ApiContext } from '../api/context.ts';
import { sessionOf } from '../api/operator-cookie.ts';
import { entryOfReading } from '../database/agent-chains.ts';
import { CloudError } from '../errors.ts';
import { isCellSource } from './cell-agents.ts';

type Guarded = Pick<ApiContext, 'core' | 'sessions' | 'readers'>;
type Check = (request: FastifyRequest, context: Guarded) => Promise<void> | void;

/** Whether whoever asks may see this stream. */
export type Sight = (stream: { readonly agent: string; readonly source: string }) => boolean;

/** What an answer of the API may hold, by route. A route that is not here is for nobody once somebody is followed. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  // They tell of logs and of this cloud, not of readings.
  ...['status', 'policy', 'alarms', 'quarantine'].map((name) => [`/api/v1/${name}`, open] as const),
  // These leave out, stream by stream, what is not to be seen.
  ...['streams', 'readings', 'events', 'completeness'].map(
    (name) => [`/api/v1/${name}`, open] as const,
  ),
  ['/api/v1/series', checkSeries],
  ['/api/v1/evidence/:agent/:seq', checkEvidence],
  ['/api/v1/evidence/range', checkRange],
]);

export function addSensitiveGuard(api: Api, context: Guarded): void {
  api.addHook('preHandler', async (request, reply) => {
    const { url = '' } = request.routeOptions;
    if (!url.startsWith('/api/v1/') || context.core.cells.isEmpty) return;
    // What one may see is not kept for the next who asks.
    reply.header('cache-control', 'no-store');
    const check = CHECKS.get(url);
    if (check !== undefined) await check(request, context);
    else if (!isOperator(request, context)) throw withheld('this');
  });
  // Of lists that come whole; readings and events leave out for themselves.
  api.addHook('preSerialization', async (request, _reply, payload) => {
    const { url = '' } = request.routeOptions;
    if (url !== '/api/v1/streams' && url !== '/api/v1/completeness') return payload;
    if (context.core.cells.isEmpty || !isStreams(payload)) return payload;
    return { ...payload, streams: payload.streams.filter(sightOf(request, context)) };
  });
}

export function sightOf(request: FastifyRequest, context: Guarded): Sight {
  const { cells } = context.core;
  const granted = new Map<string, boolean>();
  return (stream) => {
    if (cells.isPublic(stream)) return true;
    const { agent } = stream;
    const known = granted.get(agent);
    if (known !== undefined) return known;
    const may = maySee(agent, request, context);
    granted.set(agent, may);
    return may;
  };
}

function maySee(agent: string, request: FastifyRequest, context: Guarded): boolean {
  if (isOperator(request, context)) return true;
  const { authorization } = request.headers;
  return logsOf(agent, context).some((names) => context.readers.mayRead(names, authorization));
}

function isOperator(request: FastifyRequest, { sessions }: Guarded): boolean {
  try {
    sessions.assert(sessionOf(request));
    return true;
  } catch {
    return false;
  }
}

/** The logs that an agent is registered for, each with what it was called before. */
function logsOf(agent: string, { core }: Guarded): string[][] {
  return core.register
    .slots()
    .filter(({ record }) => record.agents.some(({ key }) => toHex(agentId(key)) === agent))
    .map(({ record: { origin, continues } }) => [
      origin,
      ...(continues === null ? [] : earlierOrigins(origin)),
    ]);
}

function open(): void {}

function checkSeries(request: FastifyRequest, context: Guarded): void {
  const { agent, source } = request.query as { agent: string; source: string };
  if (!sightOf(request, context)({ agent, source })) throw withheld(source);
}

/** Its headers are of all that the agent sealed meanwhile, with the times: even a range of twins is not for everyone. */
function checkRange(request: FastifyRequest, context: Guarded): void {
  const { agent, source } = request.query as { agent: string; source: string };
  if (!context.core.cells.has(agent) || maySee(agent, request, context)) return;
  throw withheld(isCellSource(source) ? 'ranges of it: ask for single readings' : source);
}

async function checkEvidence(request: FastifyRequest, context: Guarded): Promise<void> {
  const { agent, seq } = request.params as { agent: string; seq: number };
  const { database, archive, cells } = context.core;
  if (!cells.has(agent) || maySee(agent, request, context)) return;
  const entry = await database.read((sql) => entryOfReading(sql, fromHex(agent), Number(seq)));
  const bytes = entry && (await archive.get({ agent: entry.agent, batch: entry.batch }));
  const reading = bytes && decodeBatch(bytes).readings[Number(seq) - entry.firstSeq];
  // What is not there, or no reading any more, is withheld like what is: nobody learns which it is.
  const isTwin = reading && reading.length > 32 && isCellSource(decodeReading(reading).source);
  if (!isTwin) throw withheld('this reading');
}

function withheld(what: string): CloudError {
  return new CloudError(
    'POSITION_WITHHELD',
    `${what}: this agent follows somebody whom exact positions would endanger, so only its cells (sources that end with ~cell) are shown; sign in as operator, or send a token for the site's log`,
  );
}

function isStreams(payload: unknown): payload is { streams: { agent: string; source: string }[] } {
  return typeof payload === 'object' && payload !== null && 'streams' in payload;
}
