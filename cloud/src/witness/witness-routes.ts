/** C2SP tlog-witness over HTTP, below the prefix where a witness takes checkpoints and is asked for them. */
import { Type } from '@fastify/type-provider-typebox';
import type { Api } from '../api/context.ts';
import { type Problem, sendProblem } from '../api/problems.ts';
import { CloudError } from '../errors.ts';
import type { Witness } from './witness.ts';

export interface WitnessRoutes {
  readonly witness: Witness;
  /** Of a log named by the SHA-256 of its origin, in hexadecimal. */
  readonly originOf: (hash: string) => string | undefined;
  /** '' or a path. */
  readonly prefix: string;
}

const addSchema = {
  summary: 'C2SP tlog-witness: cosign a checkpoint of a log that only grew',
  description:
    'Body: an add-checkpoint request. 200: the cosignature. 409: the size last cosigned.',
  tags: ['witness'],
  consumes: ['text/plain'],
  body: Type.String({ maxLength: 65_536 }),
};

const monitorSchema = {
  summary: 'The newest checkpoint of a log that this witness cosigned',
  description:
    'A C2SP signed note with the log’s signature and ours. The log is named by the SHA-256 of its origin.',
  tags: ['witness'],
  params: Type.Object({ hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
};

export function addWitnessRoutes(api: Api, { witness, originOf, prefix }: WitnessRoutes): void {
  api.post(`${prefix}/add-checkpoint`, { schema: addSchema }, async ({ body }, reply) => {
    const answer = await witness.addCheckpoint(body);
    if (answer.status === 200) return reply.type('text/plain').send(answer.cosignature);
    if (answer.status === 409) {
      return reply.code(409).type('text/x.tlog.size').send(`${answer.size}\n`);
    }
    const { status, code, reason } = answer;
    const problem: Problem = { status, code, title: 'not cosigned', detail: reason };
    return sendProblem(reply, problem);
  });

  api.get(`${prefix}/:hash/checkpoint`, { schema: monitorSchema }, async ({ params }, reply) => {
    const origin = originOf(params.hash);
    const note = origin === undefined ? null : await witness.newest(origin);
    if (note === null)
      throw new CloudError('WITNESS_NONE', 'no checkpoint of such a log was cosigned here');
    return reply
      .headers({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'no-cache',
      })
      .type('text/plain; charset=utf-8')
      .send(note);
  });
}
