import { Type } from '@fastify/type-provider-typebox';
import { type CborValue, encodeCbor } from '@sigill/evidence';
import type { AgentHead } from '../../ingest/give-heads.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count, Origin, REQUEST_HEADER } from '../schemas.ts';

const BODY =
  '[size, root: bstr32, checkpoint: tstr|null, path: [* bstr32], [* [origin: tstr, seal: bstr, index: uint, path: [* bstr32], [* [source: tstr, device: tstr, nextN: uint]]]]]';

const schema = {
  summary: 'A gateway whose log was closed asks what its next generation goes on from',
  description: `Answered to the holder of the log key alone, as entries are. Body: CBOR ${BODY}: how far the log is held here, which for a closed one is its end; the newest checkpoint, the consistency path from \`from\`, and of each agent its last entry with the next number of each stream. A silent agent’s last entry may be in an earlier generation, whose origin it then names; its path is inclusion there at the size held. 409 when fewer entries than \`from\` are held.`,
  tags: ['ingest'],
  produces: ['application/cbor'],
  querystring: Type.Object({ origin: Origin, from: Count }),
  headers: Type.Object({ [REQUEST_HEADER]: Type.String({ maxLength: 4_096 }) }),
  response: {
    200: Type.Unsafe<Buffer>({ description: `CBOR ${BODY}` }),
    403: ProblemSchema,
    404: ProblemSchema,
    409: ProblemSchema,
    410: ProblemSchema,
    422: ProblemSchema,
    429: ProblemSchema,
  },
};

export const ingestHeadsRoute: Route = (api, { core }) => {
  api.get('/ingest/v1/heads', { schema }, async ({ query, headers, url }, reply) => {
    const { origin, from } = query;
    const signed = String(headers[REQUEST_HEADER]);
    const given = await core.ingest.heads({ origin, from, path: url, signed });
    const { size, root, checkpoint, path, agents } = given;
    const body = encodeCbor([size, root, checkpoint, [...path], agents.map(toCbor)]);
    return reply.type('application/cbor').send(Buffer.from(body));
  });
};

function toCbor({ origin, seal, index, path, streams }: AgentHead): CborValue {
  const numbers = streams.map(({ source, device, nextN }) => [source, device, nextN]);
  return [origin, seal, index, [...path], numbers];
}
