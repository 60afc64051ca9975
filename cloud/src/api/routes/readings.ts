import { Type } from '@fastify/type-provider-typebox';
import { CloudError } from '../../errors.ts';
import { isCursor } from '../../readings/embedded/queries.ts';
import { sightOf } from '../../sensitive/guard.ts';
import type { Route } from '../context.ts';
import { AgentId, Device, Nullable, ReadingSchema, Source, Time } from '../schemas.ts';

const schema = {
  summary: 'Readings, newest first, exactly as they were sealed',
  description:
    '`from` is included, `to` is not. `next` given back as `before` goes on with older ones.',
  tags: ['readings'],
  querystring: Type.Object({
    agent: Type.Optional(AgentId),
    source: Type.Optional(Source),
    device: Type.Optional(Device),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    before: Type.Optional(Type.String({ maxLength: 64 })),
  }),
  response: { 200: Type.Object({ readings: Type.Array(ReadingSchema), next: Nullable }) },
};

export const readingsRoute: Route = (api, context) => {
  const { core } = context;
  api.get('/api/v1/readings', { schema }, async (request) => {
    const { query } = request;
    if (query.before !== undefined && !isCursor(query.before)) {
      throw new CloudError('REQUEST_FORM', 'before: the `next` of an earlier answer is expected');
    }
    const { readings, next } = await core.items.list({
      ...query,
      limit: query.limit ?? 100,
      ...(core.cells.isEmpty ? {} : { seen: sightOf(request, context) }),
    });
    return { readings: readings.map((one) => ({ ...one, fields: [...one.fields] })), next };
  });
};
