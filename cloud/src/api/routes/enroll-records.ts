import { Type } from '@fastify/type-provider-typebox';
import { fromBase64, readSlotRecord, toBase64 } from '@sigill/evidence';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Base64, Count } from '../schemas.ts';

const schema = {
  summary:
    'The operator’s records and those of a slot, as signed: a gateway asks for news of its own',
  tags: ['enrolment'],
  params: Type.Object({ slot: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
  querystring: Type.Object({
    from: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'the first revision of the slot that is wanted',
      }),
    ),
  }),
  response: {
    200: Type.Object({
      operator: Type.Array(Type.String(), { description: 'base64, from the first on' }),
      slot: Type.Array(Type.String(), { description: 'base64, oldest first' }),
      newest: Count,
      next: Type.Array(Type.String(), {
        description:
          'base64, every record of the slots that go on from this one after it was closed, oldest first',
      }),
    }),
    404: ProblemSchema,
  },
};

const bringSchema = {
  summary: 'A record that the operator signed, from whoever has it: the signature is what counts',
  description: 'A gateway whose operator’s key lies on its own box tells its agents’ records here.',
  tags: ['enrolment'],
  body: Type.Object({ record: Base64(65_536) }, { additionalProperties: false }),
  response: { 200: Type.Object({ newest: Count }), 422: ProblemSchema },
};

export const enrollRecordsRoute: Route = (api, { core: { register } }) => {
  api.post('/enroll/v1/records', { schema: bringSchema }, async ({ body }) => {
    const cose = fromBase64(body.record);
    await register.admit(cose);
    return { newest: readSlotRecord(cose).record.rev };
  });
  api.get('/enroll/v1/records/:slot', { schema }, async ({ params: { slot }, query }) => {
    const rows = register.recordsOf(slot);
    const newest = rows.at(-1)?.rev;
    if (newest === undefined)
      throw new CloudError('ORIGIN_UNKNOWN', `no record names slot ${slot}`);
    const wanted = rows.filter(({ rev }) => rev >= (query.from ?? 0));
    return {
      operator: register.operatorChain().map(({ cose }) => toBase64(cose)),
      slot: wanted.map(({ cose }) => toBase64(cose)),
      newest,
      next: register.recordsAfter(slot).map(({ cose }) => toBase64(cose)),
    };
  });
};
