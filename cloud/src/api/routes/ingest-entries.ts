import { Type } from '@fastify/type-provider-typebox';
import { encodeCbor } from '@sigill/evidence';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count, Origin, REQUEST_HEADER } from '../schemas.ts';

const challengeSchema = {
  summary: 'A challenge to be signed with the key of a site log',
  tags: ['ingest'],
  response: { 200: Type.Object({ nonce: Type.String() }) },
};

const schema = {
  summary: 'A gateway whose disk was restored takes back what it lacks of its site log',
  description:
    'Answered to the holder of the log key alone: x-sigill-request is the base64 of COSE_Sign1 over CBOR ["sigill.request.1", nonce, path with query]. Body: CBOR [[* batch], [* hash]], the batches from an index on and the consistency path from behind them to the newest checkpoint.',
  tags: ['ingest'],
  produces: ['application/cbor'],
  querystring: Type.Object({ origin: Origin, from: Count }),
  headers: Type.Object({ [REQUEST_HEADER]: Type.String({ maxLength: 4_096 }) }),
  response: {
    200: Type.Unsafe<Buffer>({ description: 'CBOR [[* batch], [* hash]]' }),
    403: ProblemSchema,
    404: ProblemSchema,
    410: ProblemSchema,
  },
};

export const ingestEntriesRoute: Route = (api, { core }) => {
  api.get('/ingest/v1/challenge', { schema: challengeSchema }, async () => ({
    nonce: core.ingest.challenge(),
  }));
  api.get('/ingest/v1/entries', { schema }, async ({ query, headers, url }, reply) => {
    const { origin, from } = query;
    const signed = String(headers[REQUEST_HEADER]);
    const { batches, path } = await core.ingest.entries({ origin, from, path: url, signed });
    return reply.type('application/cbor').send(Buffer.from(encodeCbor([[...batches], [...path]])));
  });
};
