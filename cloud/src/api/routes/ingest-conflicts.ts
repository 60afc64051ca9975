import { Type } from '@fastify/type-provider-typebox';
import { CborReader, EvidenceError } from '@sigill/evidence';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';

const schema = {
  summary: 'A gateway tells of an agent that signed two histories',
  description:
    'Body: CBOR [origin, COSE_Sign1 by its log key over ["sigill.conflict.1", origin, revision of the slot record, "clone"|"rollback", agent, batch, seal|null]]. A seal that contradicts the log proves it; that two boxes ran with one key is the gateway’s word. An alarm is raised until the operator signs a next record.',
  tags: ['ingest'],
  consumes: ['application/cbor'],
  body: Type.Unsafe<unknown>({
    description: 'CBOR [origin, COSE_Sign1]',
  }),
  response: {
    200: Type.Object({}),
    409: ProblemSchema,
    422: ProblemSchema,
  },
};

export const ingestConflictsRoute: Route = (api, { core }) => {
  api.post('/ingest/v1/conflicts', { schema }, async ({ body }) => {
    await core.ingest.conflict(...parse(body));
    return {};
  });
};

function parse(body: unknown): [origin: string, signed: Uint8Array] {
  if (!(body instanceof Uint8Array)) throw wrongForm('a body of application/cbor is expected');
  try {
    const reader = new CborReader(body);
    reader.tuple(2);
    const [origin, signed] = [reader.text(), reader.bytes()];
    reader.end();
    return [origin, signed];
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw wrongForm(cause.message);
  }
}

function wrongForm(message: string): CloudError {
  return new CloudError('REQUEST_FORM', message);
}
