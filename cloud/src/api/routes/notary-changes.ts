import { Type } from '@fastify/type-provider-typebox';
import { type CborReader, encodeCbor } from '@sigill/evidence';
import type { WantedPath } from '../../ingest/give-paths.ts';
import { readCbor } from '../cbor-body.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count } from '../schemas.ts';

const CHANGES = '[next: uint, more: bool, [* record: bstr], [* [slot: uint, [* note: tstr]]]]';

const changesSchema = {
  summary: 'The operator’s notary asks what changed',
  description: `Body: CBOR ${CHANGES}: records as the operator signed them, and of each log that moved the newest checkpoint that this cloud’s witness cosigned and the newest of all. \`next\` is asked from next, at once if there is \`more\`.`,
  tags: ['notary'],
  produces: ['application/cbor'],
  querystring: Type.Object({ since: Count }),
  response: { 200: Type.Unsafe<Buffer>({ description: `CBOR ${CHANGES}` }) },
};

// A path of a large log has some 30 hashes: 1 MB.
const MAX_PATHS = 1_000;

const pathsSchema = {
  summary: 'Consistency of site logs, from what the notary called last to what it calls next',
  description: `Body: CBOR [* [slot, from, to]], ${MAX_PATHS} at most. Answer: CBOR [* [* bstr32]], a path for each in its place, empty where there is none.`,
  tags: ['notary'],
  consumes: ['application/cbor'],
  produces: ['application/cbor'],
  body: Type.Unsafe<unknown>({ description: 'CBOR [* [slot: uint, from: uint, to: uint]]' }),
  response: {
    200: Type.Unsafe<Buffer>({ description: 'CBOR [* [* bstr32]]' }),
    400: ProblemSchema,
    429: ProblemSchema,
  },
};

export const notaryChangesRoute: Route = (api, { core: { ingest } }) => {
  api.get('/notary/v1/changes', { schema: changesSchema }, async ({ query }, reply) => {
    const { next, more, records, heads } = await ingest.changes(query.since);
    const told = heads.map(({ slot, notes }) => [slot, [...notes]]);
    return reply
      .type('application/cbor')
      .send(Buffer.from(encodeCbor([next, more, [...records], told])));
  });
  api.post('/notary/v1/paths', { schema: pathsSchema }, async ({ body }, reply) => {
    const paths = await ingest.paths(readCbor(body, readWanted));
    return reply
      .type('application/cbor')
      .send(Buffer.from(encodeCbor(paths.map((path) => [...path]))));
  });
};

function readWanted(reader: CborReader): WantedPath[] {
  const count = reader.array();
  if (count > MAX_PATHS) throw new RangeError(`${MAX_PATHS} paths at most, got ${count}`);
  return Array.from({ length: count }, () => {
    reader.tuple(3);
    return { slot: reader.uint(), from: reader.uint(), to: reader.uint() };
  });
}
