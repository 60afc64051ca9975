import { Type } from '@fastify/type-provider-typebox';
import { type CborValue, decodeCbor, EvidenceError } from '@sigill/evidence';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count } from '../schemas.ts';

// The largest batch there is, beside a request of the usual size.
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
const MAX_BATCHES = 1024;

const schema = {
  summary: 'A gateway brings batches, in the order of its site log',
  description:
    'Body: CBOR [origin, firstIndex, [* batch]]. Repeating a request changes nothing. A batch that is not believed is quarantined and named in the answer; the next one is taken. 409 tells the index expected.',
  tags: ['ingest'],
  consumes: ['application/cbor'],
  body: Type.Unsafe<unknown>({ description: 'CBOR [origin, firstIndex, [* batch]]' }),
  response: {
    200: Type.Object({
      next: Count,
      quarantined: Type.Array(
        Type.Object({ index: Count, code: Type.String(), detail: Type.String() }),
      ),
    }),
    409: ProblemSchema,
    422: ProblemSchema,
    429: ProblemSchema,
  },
};

export const ingestBatchesRoute: Route = (api, { core }) => {
  api.post('/ingest/v1/batches', { schema, bodyLimit: MAX_REQUEST_BYTES }, async ({ body }) => {
    const [origin, firstIndex, batches] = parseRequest(body);
    const { next, quarantined } = await core.ingest.batches(origin, firstIndex, batches);
    return { next, quarantined: [...quarantined] };
  });
};

function parseRequest(body: unknown): [string, number, Uint8Array[]] {
  if (!(body instanceof Uint8Array)) throw wrongForm('a body of application/cbor is expected');
  let value: CborValue;
  try {
    value = decodeCbor(body);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw wrongForm(`canonical CBOR is expected: ${cause.message}`);
  }
  const [origin, firstIndex, batches, ...rest] = Array.isArray(value) ? (value as CborValue[]) : [];
  if (
    typeof origin !== 'string' ||
    typeof firstIndex !== 'number' ||
    firstIndex < 0 ||
    !Array.isArray(batches) ||
    !batches.every((batch) => batch instanceof Uint8Array) ||
    rest.length > 0
  ) {
    throw wrongForm('[origin, firstIndex, [* batch]] is expected');
  }
  if (batches.length > MAX_BATCHES)
    throw wrongForm(`${MAX_BATCHES} batches at most, got ${batches.length}`);
  return [origin, firstIndex, batches];
}

function wrongForm(message: string): CloudError {
  return new CloudError('REQUEST_FORM', message);
}
