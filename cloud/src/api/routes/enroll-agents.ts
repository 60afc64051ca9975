import { Type } from '@fastify/type-provider-typebox';
import { fromBase64, fromHex, toHex } from '@sigill/evidence';
import type { ForwardedState } from '../../enrolment/forwarded.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Base64, BoxName, Origin } from '../schemas.ts';

const MAX_REQUEST_BYTES = 8 * 1024;

const StateSchema = Type.Object({
  box: BoxName,
  state: Type.Union([Type.Literal('waiting'), Type.Literal('approved'), Type.Literal('refused')]),
  reason: Type.String(),
});

const bringSchema = {
  summary:
    'A gateway brings the request of an agent that gave it a good code, or its own for its next log',
  description:
    'With a statement signed by the gateway’s log key: for a next log, by the key of the one that is to be closed, or was and goes on nowhere yet. Bringing it again changes nothing.',
  tags: ['enrolment'],
  body: Type.Object(
    { origin: Origin, request: Base64(4096), forward: Base64(2048) },
    { additionalProperties: false },
  ),
  response: { 200: StateSchema, 403: ProblemSchema, 404: ProblemSchema, 429: ProblemSchema },
};

const stateSchema = {
  summary:
    'What became of it; when approved, the gateway’s next record has the agent, or its records go on in the next slot',
  tags: ['enrolment'],
  params: Type.Object({ box: BoxName }),
  response: { 200: StateSchema, 404: ProblemSchema },
};

export const enrollAgentsRoute: Route = (api, { enrolment }) => {
  const options = { schema: bringSchema, bodyLimit: MAX_REQUEST_BYTES };
  api.post('/enroll/v1/agents', options, async ({ body }) => {
    const { origin } = body;
    const [request, forward] = [fromBase64(body.request), fromBase64(body.forward)];
    return toJson(await enrolment.forward({ origin, request, forward }));
  });
  api.get('/enroll/v1/agents/:box', { schema: stateSchema }, async ({ params }) =>
    toJson(await enrolment.forwarded(fromHex(params.box))),
  );
};

function toJson({ box, state, reason }: ForwardedState) {
  return { box: toHex(box), state, reason };
}
