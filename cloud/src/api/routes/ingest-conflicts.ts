import { Type } from '@fastify/type-provider-typebox';
import { CborReader, EvidenceError } from '@sigill/evidence';
import { CloudError } from '../../errors.ts';
import type { ToldConflict } from '../../ingest/take-conflict.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';

const schema = {
  summary: 'A gateway tells of an agent that signed two histories',
  description:
    'Body: CBOR [origin, revision of the slot record, "clone"|"rollback", seal]. The seal proves it; an alarm is raised until the operator signs a next record.',
  tags: ['ingest'],
  consumes: ['application/cbor'],
  body: Type.Unsafe<unknown>({
    description: 'CBOR [origin, rev, "clone"|"rollback", seal]',
  }),
  response: {
    200: Type.Object({}),
    409: ProblemSchema,
    422: ProblemSchema,
  },
};

export const ingestConflictsRoute: Route = (api, { core }) => {
  api.post('/ingest/v1/conflicts', { schema }, async ({ body }) => {
    await core.ingest.conflict(parse(body));
    return {};
  });
};

function parse(body: unknown): ToldConflict {
  if (!(body instanceof Uint8Array)) throw wrongForm('a body of application/cbor is expected');
  try {
    const reader = new CborReader(body);
    reader.tuple(4);
    const [origin, rev, kind, seal] = [reader.text(), reader.uint(), reader.text(), reader.bytes()];
    reader.end();
    if (kind === 'clone' || kind === 'rollback') return { origin, rev, kind, seal };
    throw wrongForm(`clone or rollback is expected, found ${kind.slice(0, 40)}`);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw wrongForm(cause.message);
  }
}

function wrongForm(message: string): CloudError {
  return new CloudError('REQUEST_FORM', message);
}
