import { Type } from '@fastify/type-provider-typebox';
import { toBase64 } from '@sigill/evidence';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count, Origin } from '../schemas.ts';

const schema = {
  summary: 'A gateway asks that everything below its signed checkpoint be durable here',
  description:
    'Body: the checkpoint, a C2SP signed note. 422 with an alarm when its root is not that of the entries we hold: those no earlier checkpoint covers are then asked for again.',
  tags: ['ingest'],
  consumes: ['text/plain'],
  body: Type.String({ maxLength: 32_768 }),
  response: {
    200: Type.Object({ origin: Origin, size: Count, root: Type.String() }),
    409: ProblemSchema,
    422: ProblemSchema,
  },
};

export const ingestReceiptRoute: Route = (api, { core }) => {
  api.post('/ingest/v1/receipt', { schema }, async ({ body }) => {
    const { origin, size, root } = await core.ingest.receipt(body);
    return { origin, size, root: toBase64(root) };
  });
};
