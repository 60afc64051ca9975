import { Type } from '@fastify/type-provider-typebox';
import { listAlarms } from '../../database/quarantine.ts';
import type { Route } from '../context.ts';
import { Count, Origin, Time } from '../schemas.ts';

const schema = {
  summary: 'What someone must look at: a fork, a cloned card, a revoked key',
  tags: ['cloud'],
  response: {
    200: Type.Object({
      alarms: Type.Array(
        Type.Object({
          origin: Origin,
          code: Type.String({ description: 'docs/errors.md says what to do.' }),
          about: Type.String(),
          detail: Type.String(),
          firstAt: Time,
          lastAt: Time,
          times: Count,
        }),
      ),
    }),
  },
};

export const alarmsRoute: Route = (api, { core }) => {
  api.get('/api/v1/alarms', { schema }, async () => ({
    alarms: await core.database.read(listAlarms),
  }));
};
