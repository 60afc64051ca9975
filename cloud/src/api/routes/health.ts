import { Type } from '@fastify/type-provider-typebox';
import type { Route } from '../context.ts';

const schema = {
  summary: 'Whether this server answers and its stores do',
  tags: ['cloud'],
  response: { 200: Type.Object({ status: Type.Literal('ok'), arrival: Type.Integer() }) },
};

export const healthRoute: Route = (api, { core }) => {
  api.get('/health', { schema }, async () => {
    await core.database.read((sql) => sql.get('SELECT 1 AS one'));
    return { status: 'ok' as const, arrival: core.store.arrival() };
  });
};
