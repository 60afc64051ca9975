import { Type } from '@fastify/type-provider-typebox';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { AgentId, Device, Nullable, Source, Time } from '../schemas.ts';

const Numbers = Type.Array(Type.Number());

const schema = {
  summary: 'The numbers of one field of one stream, for a chart',
  description:
    'Raw when there are no more than `points`; else mean, least and greatest of equal steps. A view in floating point: what is proven is in the readings.',
  tags: ['readings'],
  querystring: Type.Object({
    agent: AgentId,
    source: Source,
    device: Type.Optional(Device),
    field: Type.String({ minLength: 1, maxLength: 128 }),
    unit: Type.Optional(
      Type.String({ maxLength: 64, description: 'the one used last if not given' }),
    ),
    from: Time,
    to: Time,
    points: Type.Optional(Type.Integer({ minimum: 2, maximum: 20_000, default: 1000 })),
  }),
  response: {
    200: Type.Object({
      unit: Nullable,
      times: Type.Array(Time),
      values: Numbers,
      low: Numbers,
      high: Numbers,
    }),
  },
};

export const seriesRoute: Route = (api, { core }) => {
  api.get('/api/v1/series', { schema }, async ({ query }) => {
    const { from, to, points = 1000, device = '', unit, ...name } = query;
    const series = { ...name, device, ...(unit === undefined ? {} : { unit }) };
    const range = await core.store.range(series, { from, to, points });
    if (range !== null) {
      const { unit, times, values, low, high } = range;
      return { unit, times: [...times], values: [...values], low: [...low], high: [...high] };
    }
    throw new CloudError('SERIES_UNKNOWN', `no field ${name.field} at ${name.source} ${device}`);
  });
};
