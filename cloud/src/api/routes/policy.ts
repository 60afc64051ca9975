import type { Route } from '../context.ts';

const schema = {
  summary: 'The policy this cloud shows: what evidence from here is judged under',
  description:
    'The file as it stands. Whoever wants to trust nothing of us brings a policy from elsewhere.',
  tags: ['evidence'],
};

export const policyRoute: Route = (api, { core }) => {
  api.get('/api/v1/policy', { schema }, async (_, reply) =>
    reply.type('application/json').serializer(String).send(core.policyText),
  );
};
