import { Type } from '@fastify/type-provider-typebox';
import { type EvidenceCall, toBase64 } from '@sigill/evidence';
import type { GivenBeacon } from '../../proofs/give-beacon.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count, Origin } from '../schemas.ts';

const Bytes = Type.String({ description: 'base64' });
const Path = Type.Array(Bytes);

const Beacon = Type.Object(
  {
    anchor: Type.Object({
      index: Count,
      rollRoot: Bytes,
      slots: Count,
      blockNumber: Count,
      blockTime: Count,
      parentHash: Bytes,
    }),
    path: Path,
    ledger: Type.Object({ header: Bytes, account: Path, storage: Type.Tuple([Path, Path]) }),
    call: Type.Union([Type.Object({ call: Bytes, path: Path }), Type.Null()]),
  },
  {
    description:
      'The newest final anchor with its proof: inclusion in the contract’s log at the state of `ledger`, and the call of this log’s slot in its roll-call.',
  },
);

const schema = {
  summary: 'Where a gateway goes on after a restart, and the newest final anchor',
  description:
    'Counts are the index of what is expected next. `beacon` is given to whoever asks with `beacon`, the index of the newest one known or -1, where there is a newer one.',
  tags: ['ingest'],
  querystring: Type.Object({
    origin: Origin,
    beacon: Type.Optional(Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER })),
  }),
  response: {
    200: Type.Object({
      next: Count,
      checkpointSize: Count,
      anchors: Type.Object({ mined: Count, final: Count }),
      checkpoint: Type.Union([Type.String(), Type.Null()], {
        description: 'The newest one held, as the log signed it.',
      }),
      beacon: Type.Union([Beacon, Type.Null()]),
    }),
    404: ProblemSchema,
  },
};

export const ingestStateRoute: Route = (api, { core: { ingest } }) => {
  api.get('/ingest/v1/state', { schema }, async ({ query }) => {
    const { origin, beacon: known } = query;
    const state = await ingest.state(origin);
    const beacon = known === undefined ? null : await ingest.beacon(origin, known);
    return { ...state, beacon: beacon && toText(beacon) };
  });
};

function toText({ anchor, path, ledger, call }: GivenBeacon) {
  const { number, rollRoot, slots, blockNumber, blockTime, parentHash } = anchor;
  return {
    anchor: {
      ...{ index: number, slots, blockNumber, blockTime },
      rollRoot: toBase64(rollRoot),
      parentHash: toBase64(parentHash),
    },
    path: texts(path),
    ledger: {
      header: toBase64(ledger.header),
      account: texts(ledger.account),
      storage: [texts(ledger.storage[0]), texts(ledger.storage[1])] as [string[], string[]],
    },
    call: call && toCall(call),
  };
}

const toCall = ({ call, path }: EvidenceCall) => ({ call: toBase64(call), path: texts(path) });

function texts(bytes: readonly Uint8Array[]): string[] {
  return bytes.map(toBase64);
}
