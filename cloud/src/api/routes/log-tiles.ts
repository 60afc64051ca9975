/** C2SP tlog-tiles: a site log as static files, of which checkpoint and hashes are everybody's. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Type } from '@fastify/type-provider-typebox';
import { earlierOrigins } from '@sigill/evidence';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CloudError } from '../../errors.ts';
import { parseTileAddress, type TileAddress } from '../../tiles/tile-address.ts';
import type { Route } from '../context.ts';
import { ProblemSchema, sendProblem } from '../problems.ts';

const schema = {
  summary: 'C2SP tlog-tiles: a site log as static files, below its origin',
  description:
    'checkpoint; tile/L/N[.p/W]; tile/entries/N[.p/W]. Checkpoint and hash tiles are public. Entry bundles are for who may read the site: Authorization: Bearer TOKEN.',
  tags: ['log'],
  params: Type.Object({
    '*': Type.String({
      description: 'origin and resource, such as example.org/house-17/checkpoint',
    }),
  }),
  response: { 401: ProblemSchema, 404: ProblemSchema, 410: ProblemSchema },
};

const YEAR = 'max-age=31536000, immutable';
const compress = promisify(gzip);

export const logTilesRoute: Route = (api, { core: { tiles, register }, readers }) => {
  /** Of a log and those it goes on from: a token for a site outlives its log. */
  function namesOf(origin: string): string[] {
    const slot = register.slots().find(({ record }) => record.origin === origin)?.record;
    return [origin, ...(slot?.continues ? earlierOrigins(origin) : [])];
  }

  async function give(address: TileAddress, request: FastifyRequest, reply: FastifyReply) {
    if (address.kind === 'checkpoint') {
      const note = await tiles.checkpoint(address.origin);
      reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8');
      return note === null ? null : send(Buffer.from(note), request, reply);
    }
    reply.type('application/octet-stream');
    if (address.kind === 'hashes') {
      const bytes = await tiles.hashes(address.origin, address.tile);
      if (bytes === null) return null;
      return send(Buffer.from(bytes), request, reply.header('cache-control', `public, ${YEAR}`));
    }
    // Before anything is looked for: who may not read does not learn what there is.
    if (!readers.mayRead(namesOf(address.origin), request.headers.authorization)) {
      reply.header('www-authenticate', 'Bearer');
      throw new CloudError(
        'TILES_DENIED',
        'entry bundles are given to who has a token for this site; ask whoever runs this cloud for one',
      );
    }
    const bytes = await tiles.entries(address.origin, address.tile);
    if (bytes === null) return null;
    reply.headers({
      'cache-control': `private, ${YEAR}`,
      vary: 'authorization, accept-encoding',
    });
    return sendCompressed(Buffer.from(bytes), request, reply);
  }

  api.get('/log/*', { schema }, async (request, reply) => {
    const address = parseTileAddress(request.params['*']);
    if (address?.kind !== 'entries') openToAll(reply);
    const given = address && (await give(address, request, reply));
    // One answer for a log that is not here and a tile that is not there yet.
    return (
      given ??
      sendProblem(reply.removeHeader('cache-control'), {
        ...{ status: 404, code: 'NOT_FOUND', title: 'not found' },
        detail: 'no log has this here, or no signed checkpoint reaches it yet',
      })
    );
  });
};

/** A verifier in somebody else's page may read them: they are public, and no cookie opens anything here. */
function openToAll(reply: FastifyReply): void {
  reply.headers({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'etag',
    'cross-origin-resource-policy': 'cross-origin',
  });
}

// [tlog-tiles] bundles should be compressed; a client that does not say gzip gets them plain.
async function sendCompressed(bytes: Buffer, request: FastifyRequest, reply: FastifyReply) {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)) return send(bytes, request, reply);
  return send(await compress(bytes), request, reply.header('content-encoding', 'gzip'));
}

function send(bytes: Buffer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  reply.header('etag', tag);
  const known = request.headers['if-none-match']?.split(/\s*,\s*/) ?? [];
  if (known.some((one) => one === '*' || one.replace(/^W\//, '') === tag)) {
    return reply.code(304).send();
  }
  return reply.send(bytes);
}
