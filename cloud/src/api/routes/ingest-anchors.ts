import { type Static, Type } from '@fastify/type-provider-typebox';
import { EvidenceError, fromBase64, parseAddress } from '@sigill/evidence';
import { CloudError } from '../../errors.ts';
import type { AnchorBundle } from '../../ingest/anchor-bundle.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count } from '../schemas.ts';

// A proof node has 17 hashes at most; a trie of 64 nodes is deeper than any there is.
const Bytes = Type.String({ maxLength: 65_536, description: 'base64' });
const Nodes = Type.Array(Bytes, { maxItems: 64 });
const MAX_SLOTS = 4096;

const body = Type.Object(
  {
    anchor: Type.Object(
      {
        chainId: Count,
        contract: Type.String({ description: '0x and 40 digits' }),
        index: Count,
        rollRoot: Bytes,
        slots: Count,
        blockNumber: Count,
        blockTime: Type.Integer({ minimum: 0, description: 'seconds since the Unix epoch' }),
        parentHash: Bytes,
      },
      { additionalProperties: false },
    ),
    status: Type.Union([Type.Literal('mined'), Type.Literal('final')]),
    calls: Type.Array(Bytes, { maxItems: MAX_SLOTS }),
    records: Type.Array(Bytes, { maxItems: MAX_SLOTS }),
    checkpoint: Type.Union([Type.String({ maxLength: 32_768 }), Type.Null()]),
    ledger: Type.Union([
      Type.Object(
        {
          blockNumber: Count,
          header: Bytes,
          account: Nodes,
          storage: Type.Tuple([Nodes, Nodes]),
        },
        { additionalProperties: false },
      ),
      Type.Null(),
    ]),
  },
  { additionalProperties: false },
);

const schema = {
  summary: 'A gateway tells of an anchor: when it is mined, and again when it is final',
  description: '409 tells the anchor expected next, or the entry that must come before it.',
  tags: ['ingest'],
  body,
  response: {
    200: Type.Object({ mined: Count, final: Count }),
    409: ProblemSchema,
    422: ProblemSchema,
  },
};

export const ingestAnchorsRoute: Route = (api, { core }) => {
  api.post('/ingest/v1/anchors', { schema, bodyLimit: 8 * 1024 * 1024 }, async ({ body }) => {
    const { mined, final } = await core.ingest.anchor(toBundle(body));
    return { mined, final };
  });
};

function toBundle({ anchor, ledger, ...rest }: Static<typeof body>): AnchorBundle {
  try {
    return {
      ...rest,
      anchor: {
        ...anchor,
        contract: parseAddress(anchor.contract),
        rollRoot: fromBase64(anchor.rollRoot),
        parentHash: fromBase64(anchor.parentHash),
      },
      calls: rest.calls.map(fromBase64),
      records: rest.records.map(fromBase64),
      ledger: ledger && {
        header: fromBase64(ledger.header),
        account: ledger.account.map(fromBase64),
        storage: [ledger.storage[0].map(fromBase64), ledger.storage[1].map(fromBase64)],
      },
    };
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new CloudError('REQUEST_FORM', `${cause.code}: ${cause.message}`, { cause });
  }
}
