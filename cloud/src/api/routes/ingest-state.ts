import { Type } from '@fastify/type-provider-typebox';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count, Origin } from '../schemas.ts';

const schema = {
  summary: 'Where a gateway goes on after a restart',
  description: 'All are counts: the index of what is expected next.',
  tags: ['ingest'],
  querystring: Type.Object({ origin: Origin }),
  response: {
    200: Type.Object({
      next: Count,
      checkpointSize: Count,
      anchors: Type.Object({ mined: Count, final: Count }),
      checkpoint: Type.Union([Type.String(), Type.Null()], {
        description: 'The newest one held, as the log signed it.',
      }),
    }),
    404: ProblemSchema,
  },
};

export const ingestStateRoute: Route = (api, { core }) => {
  api.get('/ingest/v1/state', { schema }, async ({ query }) => core.ingest.state(query.origin));
};
