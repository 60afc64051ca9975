import { Type } from '@fastify/type-provider-typebox';
import { agentId, toBase64 } from '@sigill/evidence';
import { erasuresOf } from '../../database/erasures.ts';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count } from '../schemas.ts';

// Of some 500 bytes each; whoever has more of them asks again from behind the last.
const MAX_GIVEN = 1000;

const schema = {
  summary: 'Readings of a slot’s agents that the operator had erased, as signed',
  description:
    'Whoever holds a copy learns here that it shall go: a gateway of batches it keeps, a mirror of what it took.',
  tags: ['enrolment'],
  params: Type.Object({ slot: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
  querystring: Type.Object({
    from: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'how many, oldest first, the caller has already',
      }),
    ),
  }),
  response: {
    200: Type.Object({
      erasures: Type.Array(Type.String(), { description: 'base64, oldest first' }),
      total: Count,
    }),
    404: ProblemSchema,
  },
};

export const enrollErasuresRoute: Route = (api, { core: { register, database } }) => {
  api.get('/enroll/v1/erasures/:slot', { schema }, async ({ params: { slot }, query }) => {
    const found = register.slot(slot);
    if (found === undefined) throw new CloudError('ORIGIN_UNKNOWN', `no record names slot ${slot}`);
    const rows = await database.read(async (sql) => {
      const all = [];
      for (const { key } of found.record.agents) all.push(...(await erasuresOf(sql, agentId(key))));
      return all.sort((a, b) => a.at - b.at);
    });
    const from = query.from ?? 0;
    const erasures = rows.slice(from, from + MAX_GIVEN).map(({ cose }) => toBase64(cose));
    return { erasures, total: rows.length };
  });
};
