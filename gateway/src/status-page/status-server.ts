/**
 * The gateway's own page on the site's network: behind a login, nothing from elsewhere, no file of the box.
 * @module
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { ToldReading } from '@sigill/edge';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { openServerCertificate } from '../broker/server-certificate.ts';
import { GatewayError } from '../errors.ts';
import type { ToldStatus } from '../status.ts';
import type { Examined } from '../tools/doctor/examine.ts';
import { html } from './html.ts';
import { doctorPage, liveParts, loginPage, statusPage } from './page.ts';
import { readPasswordFile } from './password-file.ts';
import { REFRESH_SCRIPT } from './refresh.ts';
import { createSessions } from './sessions.ts';
import type { StatusConfig } from './status-config.ts';
import { toView } from './view.ts';
import { type Language, languageOf, WORDS } from './words.ts';

export interface StatusServerParts {
  readonly config: StatusConfig;
  /** The gateway's name. */
  readonly name: string;
  /** What the box is called on its network. */
  readonly names: readonly string[];
  status(): ToldStatus;
  /** The newest first. */
  readings(): readonly ToldReading[];
  examine(): Promise<readonly Examined[]>;
  readonly now: () => number;
  /** What else answers on this address, such as enrolment of agents. */
  readonly more?: (server: FastifyInstance) => void;
}

export interface StatusServer {
  readonly url: string;
  /** Of its certificate; null without TLS. */
  readonly pin: string | null;
  stop(): Promise<void>;
}

const COOKIE = 'sigill-session';
const LANGUAGE_COOKIE = 'sigill-language';
// The largest body is a password.
const BODY_LIMIT = 4096;
const STYLE = readFileSync(new URL('style.css', import.meta.url), 'utf8');
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** @throws GatewayError STATUS_LISTEN_FAILED, FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_INVALID */
export async function startStatusServer(parts: StatusServerParts): Promise<StatusServer> {
  const { config, name, now } = parts;
  const certificate = config.tls && openServerCertificate(config.tls, parts.names);
  readPasswordFile(config.passwordFile); // refused here, before anything listens
  const sessions = createSessions(() => readPasswordFile(config.passwordFile), now);
  const server = createInstance(certificate);

  const language = (request: FastifyRequest): Language =>
    languageOf(request.headers['accept-language'], cookieOf(request, LANGUAGE_COOKIE));
  const isIn = (request: FastifyRequest) => sessions.has(cookieOf(request, COOKIE));
  const view = () => toView(name, parts.status(), parts.readings(), now());
  const attributes = `Path=/; HttpOnly; SameSite=Strict${certificate === null ? '' : '; Secure'}`;

  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    // Another page in the same browser may not act for who is logged in here.
    const site = request.headers['sec-fetch-site'];
    if (request.method === 'POST' && site !== undefined && site !== 'same-origin') {
      return reply.code(403).send('forbidden');
    }
  });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    async (_: unknown, body: string | Buffer) => new URLSearchParams(String(body)),
  );

  server.get('/style.css', (_, reply) => reply.type('text/css').send(STYLE));
  server.get('/refresh.js', (_, reply) => reply.type('text/javascript').send(REFRESH_SCRIPT));
  server.get('/', (request, reply) =>
    sendPage(
      reply,
      isIn(request)
        ? statusPage(language(request), view())
        : loginPage(language(request), name, null),
    ),
  );
  server.get('/live', (request, reply) =>
    isIn(request)
      ? sendPage(reply, liveParts(language(request), view()).html)
      : reply.code(401).send('log in first'),
  );
  server.get('/doctor', async (request, reply) =>
    isIn(request)
      ? sendPage(reply, doctorPage(language(request), name, await parts.examine()))
      : reply.redirect('/', 303),
  );
  server.get<{ Params: { language: string } }>('/language/:language', (request, reply) => {
    const chosen = request.params.language === 'sv' ? 'sv' : 'en';
    const cookie = `${LANGUAGE_COOKIE}=${chosen}; Path=/; SameSite=Lax; Max-Age=31536000`;
    return reply.header('set-cookie', cookie).redirect('/', 303);
  });
  server.post('/login', async (request, reply) => {
    const password = request.body instanceof URLSearchParams ? request.body.get('password') : null;
    const entered = await sessions.logIn(request.ip, password ?? '');
    if (typeof entered === 'object') {
      return reply
        .header('set-cookie', `${COOKIE}=${entered.token}; ${attributes}`)
        .redirect('/', 303);
    }
    const words = WORDS[language(request)];
    const problem = html`<p class="problem" role="alert">${entered === 'slow' ? words.slowDown : words.wrongPassword}</p>`;
    return sendPage(
      reply.code(entered === 'slow' ? 429 : 401),
      loginPage(language(request), name, problem),
    );
  });
  server.post('/logout', (request, reply) => {
    sessions.logOut(cookieOf(request, COOKIE));
    return reply.header('set-cookie', `${COOKIE}=; ${attributes}; Max-Age=0`).redirect('/', 303);
  });
  parts.more?.(server);

  await listen(server, config);
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `${certificate === null ? 'http' : 'https'}://${config.host}:${port}/`,
    pin: certificate?.pin ?? null,
    stop: () => server.close(),
  };
}

function createInstance(certificate: { key: string; certificate: string } | null): FastifyInstance {
  const common = {
    bodyLimit: 256 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: true,
  } as const;
  if (certificate === null) return fastify(common);
  const https = {
    key: certificate.key,
    cert: certificate.certificate,
    minVersion: 'TLSv1.2',
  } as const;
  // The two differ in the socket below only, which no route touches.
  return fastify({ ...common, https }) as unknown as FastifyInstance;
}

async function listen(server: FastifyInstance, { host, port }: StatusConfig): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new GatewayError(
      'STATUS_LISTEN_FAILED',
      `the status page cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code}); stop what holds it, or give another status.port`,
      { cause },
    );
  }
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page);
}

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name) return value;
  }
  return undefined;
}
