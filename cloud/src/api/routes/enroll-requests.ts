import { Type } from '@fastify/type-provider-typebox';
import { fromBase64, fromHex, toBase64, toHex } from '@sigill/evidence';
import type { MadeAnswer } from '../../enrolment/enrolment.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Base64, BoxName } from '../schemas.ts';

// A request of 2 KiB, its MAC and the name of an invitation, in base64.
const MAX_REQUEST_BYTES = 8 * 1024;

const AnswerSchema = Type.Object({
  box: BoxName,
  answer: Type.String({ description: 'base64 of the answer, as in evidence/FORMAT.md' }),
  mac: Type.String({ description: 'base64 of its MAC under the code’s secret' }),
});

const askSchema = {
  summary: 'A box asks to be enrolled, with a code',
  description:
    'The request is signed by the box’s keys and carries a MAC under the code’s secret. Asking again changes nothing.',
  tags: ['enrolment'],
  body: Type.Object(
    {
      invitation: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{4}$' }),
      request: Base64(4096),
      mac: Base64(64),
    },
    { additionalProperties: false },
  ),
  response: { 200: AnswerSchema, 403: ProblemSchema, 429: ProblemSchema },
};

const pollSchema = {
  summary: 'What became of it',
  tags: ['enrolment'],
  params: Type.Object({ box: BoxName }),
  querystring: Type.Object({ nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }) }),
  response: { 200: AnswerSchema, 404: ProblemSchema },
};

export const enrollRequestsRoute: Route = (api, { enrolment }) => {
  const options = { schema: askSchema, bodyLimit: MAX_REQUEST_BYTES };
  api.post('/enroll/v1/requests', options, async ({ body, ip }) => {
    const post = { request: fromBase64(body.request), mac: fromBase64(body.mac) };
    return toJson(await enrolment.ask(body.invitation, post, ip));
  });
  api.get('/enroll/v1/requests/:box', { schema: pollSchema }, async ({ params, query }) =>
    toJson(await enrolment.poll(fromHex(params.box), fromHex(query.nonce))),
  );
};

function toJson({ box, answer, mac }: MadeAnswer) {
  return { box: toHex(box), answer: toBase64(answer), mac: toBase64(mac) };
}
