import { Type } from '@fastify/type-provider-typebox';
import { fromHex } from '@sigill/evidence';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { AgentId, Count } from '../schemas.ts';

const schema = {
  summary: 'The evidence file of one reading',
  description:
    'Everything needed to check the reading without this server: judge it with `sigill verify`, or in the browser. 409 while no signed checkpoint covers it yet.',
  tags: ['evidence'],
  params: Type.Object({ agent: AgentId, seq: Count }),
  response: {
    200: {
      description: 'the file, .sigill',
      content: { 'application/vnd.sigill+json': { schema: Type.String() } },
    },
    404: ProblemSchema,
    409: ProblemSchema,
  },
};

export const evidenceRoute: Route = (api, { core }) => {
  api.get('/api/v1/evidence/:agent/:seq', { schema }, async ({ params }, reply) => {
    const file = await core.evidence(fromHex(params.agent), params.seq);
    return reply
      .type('application/vnd.sigill+json')
      .header('content-disposition', `attachment; filename="${params.agent}-${params.seq}.sigill"`)
      .header('cache-control', 'no-store')
      .serializer(String)
      .send(file);
  });
};
