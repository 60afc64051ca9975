import { Type } from '@fastify/type-provider-typebox';
import type { Route } from '../context.ts';
import { AgentId, Count, Nullable, Time } from '../schemas.ts';

const schema = {
  summary:
    'Every stream: the readings of one device at one source of one agent, with its newest values',
  tags: ['readings'],
  response: {
    200: Type.Object({
      streams: Type.Array(
        Type.Object({
          agent: AgentId,
          source: Type.String(),
          device: Type.String(),
          kind: Type.String(),
          origin: Type.String(),
          fields: Type.Array(
            Type.Object({
              name: Type.String(),
              unit: Nullable,
              value: Type.String(),
              time: Time,
            }),
          ),
          latest: Type.Object({ seq: Count, n: Count, time: Time, entry: Count }),
        }),
      ),
    }),
  },
};

export const streamsRoute: Route = (api, { core }) => {
  api.get('/api/v1/streams', { schema }, async () => {
    const streams = await core.items.streams();
    return { streams: streams.map((stream) => ({ ...stream, fields: [...stream.fields] })) };
  });
};
