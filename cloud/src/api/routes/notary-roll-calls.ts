import { Type } from '@fastify/type-provider-typebox';
import { type CborReader, decodeChanges, encodeCbor } from '@sigill/evidence';
import type { ToldRollCall } from '../../ingest/take-roll-call.ts';
import { readCbor } from '../cbor-body.ts';
import type { Route } from '../context.ts';
import { ProblemSchema } from '../problems.ts';
import { Count } from '../schemas.ts';

// A hundred thousand slots called for the first time are 11 MB, called anew 4 MB.
const MAX_ROLL_CALL_BYTES = 32 * 1024 * 1024;
const MAX_REASON = 400;
const ANCHOR =
  '[chainId, contract: bstr20, index, rollRoot: bstr32, slots, blockNumber, blockTime, parentHash: bstr32]';
const BODY = `[${ANCHOR}, changes: bstr, [* record: bstr], seen: uint, [* [slot: uint, reason: tstr]]]`;
const STATE = '[index: uint, header: bstr, [* node: bstr], [[* node: bstr], [* node: bstr]]]';

const answers = {
  200: Type.Object({ mined: Count, final: Count }),
  400: ProblemSchema,
  409: ProblemSchema,
  422: ProblemSchema,
  429: ProblemSchema,
};

const rollCallSchema = {
  summary:
    'The operator’s notary tells of an anchor: what its roll-call changed against the one before',
  description: `Body: CBOR ${BODY}. The whole roll-call is computed again and must have the root that was anchored; each head called must be the one our entries give. \`seen\`: up to which of /notary/v1/changes the notary knew; the last part: slots whose new head it did not believe. 409 tells the anchor expected next, or the entry that must come before it.`,
  tags: ['notary'],
  consumes: ['application/cbor'],
  body: Type.Unsafe<unknown>({ description: `CBOR ${BODY}` }),
  response: answers,
};

const finalitySchema = {
  summary: 'The contract’s state in a final block: what makes anchors final',
  description: `Body: CBOR ${STATE}`,
  tags: ['notary'],
  consumes: ['application/cbor'],
  body: Type.Unsafe<unknown>({ description: `CBOR ${STATE}` }),
  response: answers,
};

const countsSchema = {
  summary: 'How many anchors are told here, and final',
  tags: ['notary'],
  response: { 200: answers[200] },
};

const SLOT = '[originHash: bstr32, size, root: bstr32, recordHash: bstr32, since]';

const slotsSchema = {
  summary: 'A roll-call whole, for a notary that begins behind it',
  description: `Body: CBOR [* ${SLOT}], by slot; a call’s age in it is its number less \`since\`. Its root is on the ledger: nothing here need be believed.`,
  tags: ['notary'],
  produces: ['application/cbor'],
  querystring: Type.Object({ number: Count }),
  response: {
    200: Type.Unsafe<Buffer>({ description: `CBOR [* ${SLOT}]` }),
    409: ProblemSchema,
  },
};

export const notaryRollCallsRoute: Route = (api, { core: { ingest } }) => {
  api.post(
    '/notary/v1/roll-calls',
    { schema: rollCallSchema, bodyLimit: MAX_ROLL_CALL_BYTES },
    async ({ body }) => toCounts(await ingest.rollCall(readCbor(body, readRollCall))),
  );
  api.post('/notary/v1/finality', { schema: finalitySchema }, async ({ body }) => {
    const [index, proof] = readCbor(body, readState);
    return toCounts(await ingest.finality(index, proof));
  });
  api.get('/notary/v1/slots', { schema: slotsSchema }, async ({ query }, reply) => {
    const slots = await ingest.slots(query.number);
    const told = slots.map(({ originHash, size, root, recordHash, since }) => [
      ...[originHash, size, root, recordHash, since],
    ]);
    return reply.type('application/cbor').send(Buffer.from(encodeCbor(told)));
  });
  api.get('/notary/v1/state', { schema: countsSchema }, async () =>
    toCounts(await ingest.anchors()),
  );
};

const toCounts = ({ mined, final }: { mined: number; final: number }) => ({ mined, final });

function readRollCall(reader: CborReader): ToldRollCall {
  reader.tuple(5);
  reader.tuple(8);
  const anchor = {
    chainId: reader.uint(),
    contract: reader.fixedBytes(20),
    index: reader.uint(),
    rollRoot: reader.fixedBytes(32),
    slots: reader.uint(),
    blockNumber: reader.uint(),
    blockTime: reader.uint(),
    parentHash: reader.fixedBytes(32),
  };
  return {
    anchor,
    changes: decodeChanges(reader.bytes()),
    records: reader.list(() => reader.bytes()),
    seen: reader.uint(),
    refused: reader.list(() => {
      reader.tuple(2);
      return { slot: reader.uint(), reason: reader.text().slice(0, MAX_REASON) };
    }),
  };
}

function readState(reader: CborReader) {
  const nodes = () => reader.list(() => reader.bytes());
  reader.tuple(4);
  const [index, header, account] = [reader.uint(), reader.bytes(), nodes()];
  reader.tuple(2);
  return [index, { header, account, storage: [nodes(), nodes()] as const }] as const;
}
