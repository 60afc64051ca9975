import { Type } from '@fastify/type-provider-typebox';
import { openLink } from '../../operator/links.ts';
import type { Route } from '../context.ts';
import { clearSession, sessionOf, setSession } from '../operator-cookie.ts';
import { ProblemSchema } from '../problems.ts';
import { Time } from '../schemas.ts';

const SessionSchema = Type.Object({
  form: Type.String({ description: 'to be sent as x-sigill-form with every change' }),
  expiresAt: Time,
});

const beginSchema = {
  summary: 'An operator comes in with a one-time link',
  tags: ['operator'],
  body: Type.Object({ token: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
  response: { 200: SessionSchema, 401: ProblemSchema },
};

const readSchema = {
  summary: 'The session that a cookie names, after the page was loaded again',
  tags: ['operator'],
  response: { 200: SessionSchema, 401: ProblemSchema },
};

const endSchema = { summary: 'The operator goes', tags: ['operator'] };

export const operatorSessionRoute: Route = (api, { sessions, data, now, secure }) => {
  api.post('/operator/v1/session', { schema: beginSchema }, async ({ body }, reply) => {
    await openLink(data, body.token, now());
    const session = sessions.begin();
    setSession(reply, session, secure);
    return { form: session.form, expiresAt: session.expiresAt };
  });
  api.get('/operator/v1/session', { schema: readSchema }, async (request) => {
    const { form, expiresAt } = sessions.assert(sessionOf(request));
    return { form, expiresAt };
  });
  api.delete('/operator/v1/session', { schema: endSchema }, async (request, reply) => {
    sessions.end(sessionOf(request));
    clearSession(reply, secure);
    return reply.code(204).send();
  });
};
