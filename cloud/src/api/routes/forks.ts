import { Type } from '@fastify/type-provider-typebox';
import { listForks } from '../../database/forks.ts';
import type { Route } from '../context.ts';
import { Count, Origin, Time } from '../schemas.ts';

// Each is two signed notes; whoever wants to show that a log is not to be trusted needs one.
const MOST = 100;

const schema = {
  summary: 'Site logs of which two histories are signed, each with its proof, newest first',
  description:
    'Public. A file is checked with: sigill witness prove-fork FILE, or as evidence/FORMAT.md says, section 5.',
  tags: ['log'],
  response: {
    200: Type.Object({
      forks: Type.Array(
        Type.Object({
          origin: Origin,
          size: Count,
          at: Time,
          file: Type.String({ description: 'sigill-fork@v1' }),
        }),
      ),
    }),
  },
};

export const forksRoute: Route = (api, { core }) => {
  api.get('/api/v1/forks', { schema }, async (_, reply) => {
    reply.headers({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'no-cache',
    });
    const rows = await core.database.read((sql) => listForks(sql, MOST));
    return { forks: rows.map(({ origin, size, at, file }) => ({ origin, size, at, file })) };
  });
};
