import { Type } from '@fastify/type-provider-typebox';
import { CloudError } from '../../errors.ts';
import { ProjectionError } from '../../projections/projection.ts';
import { computeNumber, findProjection, PROJECTIONS } from '../../projections/registry.ts';
import type { ComputeNumber } from '../../proofs/assemble-range.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { AgentId, Device, SealedTime, Source } from '../schemas.ts';

const schema = {
  summary:
    'The evidence file of all readings of a source in a time, or of a number computed from them',
  description:
    'Every stream of the source, or the one of `device`, from `from` (included) to `to` (excluded) by the readings’ own times, with the reading on each side. With `projection` and `assumptions` the file tells a number and how it was computed; `sigill verify` and the page compute it again. 409 while no signed checkpoint covers it yet; 422 with `fittingMs` where the file would be over 64 MB.',
  tags: ['evidence'],
  querystring: Type.Object({
    agent: AgentId,
    source: Source,
    device: Type.Optional(Device),
    from: SealedTime,
    to: SealedTime,
    projection: Type.Optional(
      Type.String({ maxLength: 64, description: PROJECTIONS.map(({ name }) => name).join(' ') }),
    ),
    assumptions: Type.Optional(Type.String({ maxLength: 1024, description: 'canonical JSON' })),
  }),
  response: {
    200: {
      description: 'the file, .sigill',
      content: { 'application/vnd.sigill+json': { schema: Type.String() } },
    },
    404: ProblemSchema,
    409: ProblemSchema,
    422: ProblemSchema,
  },
};

export const evidenceRangeRoute: Route = (api, { core }) => {
  api.get('/api/v1/evidence/range', { schema }, async ({ query }, reply) => {
    const { projection, assumptions = '{}', ...question } = query;
    if (question.from >= question.to)
      throw new CloudError('REQUEST_FORM', 'from: a time before `to` expected');
    const compute = projection === undefined ? null : computeWith(projection, assumptions);
    const file = await core.rangeEvidence(question, compute);
    return reply
      .type('application/vnd.sigill+json')
      .header('content-disposition', `attachment; filename="${fileName(question)}"`)
      .header('cache-control', 'no-store')
      .serializer(String)
      .send(file);
  });
};

function computeWith(name: string, assumptions: string): ComputeNumber {
  const projection = findProjection(name);
  if (projection === null) {
    const known = PROJECTIONS.map((one) => one.name).join(', ');
    throw new CloudError('PROJECTION_UNKNOWN', `${name} is none of ${known}`);
  }
  return (streams, period) => {
    try {
      return computeNumber(projection, assumptions, streams, period);
    } catch (error) {
      if (!(error instanceof ProjectionError)) throw error;
      throw new CloudError('PROJECTION_REFUSED', error.message);
    }
  };
}

/** house-17-20261101T000000Z.sigill */
function fileName({ source, from }: { source: string; from: number }): string {
  const time = new Date(from).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return `${source.replaceAll('~', '')}-${time}.sigill`;
}
