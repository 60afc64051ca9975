import { Type } from '@fastify/type-provider-typebox';
import type { Route } from '../context.ts';
import { type Problem, sendProblem } from '../problems.ts';

const schema = {
  summary: 'C2SP tlog-witness: cosign a checkpoint of a log that only grew',
  description:
    'Body: an add-checkpoint request. 200: the cosignature. 409: the size last cosigned.',
  tags: ['witness'],
  consumes: ['text/plain'],
  body: Type.String({ maxLength: 65_536 }),
};

export const witnessAddRoute: Route = (api, { core: { witness } }) => {
  if (witness === null) return;
  api.post('/witness/add-checkpoint', { schema }, async ({ body }, reply) => {
    const answer = await witness.addCheckpoint(body);
    if (answer.status === 200) return reply.type('text/plain').send(answer.cosignature);
    if (answer.status === 409) {
      return reply.code(409).type('text/x.tlog.size').send(`${answer.size}\n`);
    }
    const { status, code, reason } = answer;
    const problem: Problem = { status, code, title: 'not cosigned', detail: reason };
    return sendProblem(reply, problem);
  });
};
