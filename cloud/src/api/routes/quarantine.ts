import { Type } from '@fastify/type-provider-typebox';
import { listQuarantined } from '../../database/quarantine.ts';
import type { Route } from '../context.ts';
import { Count, Origin } from '../schemas.ts';

// A page a person can read; what is older has been there since before the newest thousand.
const MOST = 1000;

const schema = {
  summary: 'Batches of a site log that are not believed, newest first, each with its reason',
  tags: ['cloud'],
  querystring: Type.Object({ origin: Origin }, { additionalProperties: false }),
  response: {
    200: Type.Object({
      quarantined: Type.Array(
        Type.Object({
          entry: Count,
          code: Type.String({ description: 'docs/errors.md says what to do.' }),
          detail: Type.String(),
        }),
      ),
    }),
  },
};

export const quarantineRoute: Route = (api, { core }) => {
  api.get('/api/v1/quarantine', { schema }, async ({ query: { origin } }) => ({
    quarantined: await core.database.read((sql) => listQuarantined(sql, origin, MOST)),
  }));
};
