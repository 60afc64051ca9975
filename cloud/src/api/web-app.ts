/** The web app's built files; without them, a page that says how to build them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { Api } from './context.ts';
import { sendProblem } from './problems.ts';

const NOT_BUILT =
  '<!doctype html><title>Sigill</title><p>The dashboards are not built yet: npm run build:web. The API is described at <a href="/api/docs">/api/docs</a>.';

/** @param directory of the built app */
export async function serveWebApp(api: Api, directory: string): Promise<void> {
  if (existsSync(join(directory, 'index.html'))) {
    await api.register(staticFiles, {
      root: directory,
      // Vite puts a hash of the content into these names.
      setHeaders(reply, path) {
        const hashed = path.includes('/assets/');
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    if (existsSync(join(directory, 'operator.html'))) {
      api.get('/operator', { schema: { hide: true } }, (_, reply) =>
        reply
          .header('cache-control', 'no-store')
          .sendFile('operator.html', { cacheControl: false }),
      );
    }
  } else {
    api.get('/', { schema: { hide: true } }, async (_, reply) =>
      reply.type('text/html').send(NOT_BUILT),
    );
  }
  api.setNotFoundHandler((request, reply) => unknown(reply, request.method, request.url));
}

function unknown(reply: FastifyReply, method: string, url: string): FastifyReply {
  return sendProblem(reply, {
    status: 404,
    code: 'NOT_FOUND',
    title: 'not found',
    detail: `there is no ${method} ${url.split('?', 1)[0]} here`,
  });
}
