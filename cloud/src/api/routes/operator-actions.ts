import { Type } from '@fastify/type-provider-typebox';
import { fromBase64, fromHex } from '@sigill/evidence';
import type { FastifyRequest } from 'fastify';
import type { Route } from '../context.ts';
import { formOf, sessionOf } from '../operator-cookie.ts';
import { ProblemSchema } from '../problems.ts';
import { Base64, BoxName, Origin } from '../schemas.ts';

const tags = ['operator'];
const refusals = { 401: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema, 422: ProblemSchema };
const Done = Type.Object({ done: Type.Literal(true) });
const done = { done: true } as const;

const overviewSchema = {
  summary: 'Who waits, who is in, which codes are out',
  tags,
  response: {
    200: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    ...refusals,
  },
};
const inviteSchema = {
  summary: 'A new code, told once',
  tags,
  body: Type.Object(
    {
      kind: Type.Literal('gateway'),
      madeFor: Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({ code: Type.String(), expiresAt: Type.Integer(), url: Type.String() }),
    ...refusals,
  },
};
const withdrawSchema = {
  summary: 'A code that nobody used is taken back',
  tags,
  params: Type.Object({ id: Type.String({ pattern: '^[0-9A-Z]{4}$' }) }),
  response: { 200: Done, ...refusals },
};
const approveSchema = {
  summary:
    'Let a box in, or close its log and open the next, with the operator’s key that this cloud holds',
  tags,
  params: Type.Object({ box: BoxName }),
  body: Type.Object(
    {
      origin: Origin,
      cause: Type.Optional(
        Type.String({
          maxLength: 200,
          description: 'why a log is closed, where the box asks for its next one',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: Done, ...refusals },
};
const refuseSchema = {
  summary: 'Send a box away',
  tags,
  params: Type.Object({ box: BoxName }),
  body: Type.Object({ reason: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
  response: { 200: Done, ...refusals },
};
const revokeSchema = {
  summary: 'Put a box out for ever, with the operator’s key that this cloud holds',
  tags,
  body: Type.Object(
    { fingerprint: Type.String({ maxLength: 40 }) },
    { additionalProperties: false },
  ),
  response: { 200: Done, ...refusals },
};
const bringSchema = {
  summary: 'A record that the operator signed elsewhere',
  tags,
  body: Type.Object({ record: Base64(65_536) }, { additionalProperties: false }),
  response: {
    200: Type.Object({ slot: Type.Integer(), rev: Type.Integer(), origin: Type.String() }),
    ...refusals,
  },
};

export const operatorActionsRoute: Route = (api, { operator, sessions }) => {
  const seen = async (request: FastifyRequest) => void sessions.assert(sessionOf(request));
  const changed = async (request: FastifyRequest) =>
    sessions.assertForm(sessionOf(request), formOf(request));
  const look = { onRequest: seen };
  const change = { onRequest: changed };

  api.get('/operator/v1/overview', { schema: overviewSchema, ...look }, async () =>
    operator.overview(),
  );
  api.post('/operator/v1/invitations', { schema: inviteSchema, ...change }, async ({ body }) =>
    operator.invite(body.kind, body.madeFor),
  );
  api.delete(
    '/operator/v1/invitations/:id',
    { schema: withdrawSchema, ...change },
    async ({ params }) => {
      await operator.withdraw(params.id);
      return done;
    },
  );
  api.post(
    '/operator/v1/boxes/:box/approve',
    { schema: approveSchema, ...change },
    async ({ params, body }) => {
      await operator.approve(fromHex(params.box), body.origin, body.cause);
      return done;
    },
  );
  api.post(
    '/operator/v1/boxes/:box/refuse',
    { schema: refuseSchema, ...change },
    async ({ params, body }) => {
      await operator.refuse(fromHex(params.box), body.reason);
      return done;
    },
  );
  api.post('/operator/v1/revoke', { schema: revokeSchema, ...change }, async ({ body }) => {
    await operator.revoke(body.fingerprint);
    return done;
  });
  api.post('/operator/v1/records', { schema: bringSchema, ...change }, async ({ body }) => {
    const { slot, rev, origin } = await operator.bring(fromBase64(body.record));
    return { slot, rev, origin };
  });
};
