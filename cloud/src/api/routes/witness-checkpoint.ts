import { Type } from '@fastify/type-provider-typebox';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { Origin } from '../schemas.ts';

const schema = {
  summary: 'The newest checkpoint of a site log that this witness cosigned',
  description: 'A C2SP signed note with the log’s signature and ours. Checkpoints are public.',
  tags: ['witness'],
  querystring: Type.Object({ origin: Origin }),
};

export const witnessCheckpointRoute: Route = (api, { core: { witness } }) => {
  if (witness === null) return;
  api.get('/witness/checkpoint', { schema }, async ({ query }, reply) => {
    const note = await witness.newest(query.origin);
    if (note === null) {
      throw new CloudError('WITNESS_NONE', `no checkpoint of ${query.origin} was cosigned here`);
    }
    return reply.type('text/plain; charset=utf-8').send(note);
  });
};
