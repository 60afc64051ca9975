import { Type } from '@fastify/type-provider-typebox';
import { fromBase64, toHex } from '@sigill/evidence';
import { findErasable, MAX_ERASED_AT_ONCE, readingsOfStream } from '../../erasure/erasable.ts';
import type { Route } from '../context.ts';
import { formOf, sessionOf } from '../operator-cookie.ts';
import { ProblemSchema } from '../problems.ts';
import { AgentId, Base64, Count, Device, SealedTime, Source, Time } from '../schemas.ts';

const tags = ['operator'];
const refusals = { 401: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema, 422: ProblemSchema };
const Named = Type.Object({ agent: AgentId, seq: Count }, { additionalProperties: false });
const place = {
  agent: AgentId,
  seq: Count,
  source: Type.String(),
  device: Type.String(),
  n: Count,
};
// Of the largest request: base64 of some 800 bytes each, with a reason of 500 characters.
const BODY_BYTES = 8 * 1024 * 1024;
const SHOWN = 200;

const findSchema = {
  summary: 'What would be erased, with all that the operator signs of it',
  tags,
  body: Type.Union([
    Type.Object(
      { readings: Type.Array(Named, { minItems: 1, maxItems: MAX_ERASED_AT_ONCE }) },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        agent: Type.Optional(AgentId),
        source: Source,
        device: Type.Optional(Device),
        from: SealedTime,
        to: SealedTime,
      },
      { additionalProperties: false },
    ),
  ]),
  response: {
    200: Type.Object({
      readings: Type.Array(
        Type.Object({
          ...place,
          kind: Type.String(),
          time: Time,
          leafHash: Type.String({ description: 'base64' }),
          frame: Type.Union([Type.Literal('none'), Type.Literal('goes'), Type.Literal('stays')], {
            description: 'a frame stays as long as a reading names it that stays',
          }),
        }),
      ),
    }),
    ...refusals,
  },
};
const eraseSchema = {
  summary: 'Readings erased on the operator’s word',
  description:
    'All or none are taken. Their bytes go from then on: `open` of the list says how many are still there.',
  tags,
  body: Type.Object(
    { erasures: Type.Array(Base64(2048), { minItems: 1, maxItems: MAX_ERASED_AT_ONCE }) },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ erased: Count, known: Count }), ...refusals },
};
const listSchema = {
  summary: 'What was erased, and why; the newest first',
  tags,
  response: {
    200: Type.Object({
      total: Count,
      open: Count,
      erasures: Type.Array(
        Type.Object({ ...place, reason: Type.String(), at: Time, done: Type.Boolean() }),
      ),
    }),
    ...refusals,
  },
};

export const operatorErasuresRoute: Route = (api, { core, sessions }) => {
  const { erasures } = core;
  api.get(
    '/operator/v1/erasures',
    {
      schema: listSchema,
      onRequest: async (request) => void sessions.assert(sessionOf(request)),
    },
    async () => {
      const { total, open, erasures: newest } = await erasures.newest(SHOWN);
      return {
        ...{ total, open },
        erasures: newest.map(({ agent, seq, source, device, n, reason, at, done }) => ({
          ...{ agent: toHex(agent), seq, source, device, n, reason, at, done },
        })),
      };
    },
  );
  api.post(
    '/operator/v1/erasures/find',
    {
      schema: findSchema,
      bodyLimit: BODY_BYTES,
      onRequest: async (request) => void sessions.assert(sessionOf(request)),
    },
    async ({ body }) => {
      const readings = 'readings' in body ? body.readings : await readingsOfStream(core, body);
      return { readings: await findErasable(core, readings) };
    },
  );
  api.post(
    '/operator/v1/erasures',
    {
      schema: eraseSchema,
      bodyLimit: BODY_BYTES,
      onRequest: async (request) => void sessions.assertForm(sessionOf(request), formOf(request)),
    },
    async ({ body }) => erasures.accept(body.erasures.map(fromBase64)),
  );
};
