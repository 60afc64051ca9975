/**
 * The routes on which agents ask: the same protocol as a cloud's. They can be mounted on any fastify instance; where
 * the gateway has no page of its own they get a small listener.
 * @module
 */
import type { AddressInfo } from 'node:net';
import { EvidenceError, fromBase64, fromHex, toBase64, toHex } from '@sigill/evidence';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { openServerCertificate } from '../broker/server-certificate.ts';
import { GatewayError } from '../errors.ts';
import type { AgentEnrolment, Caller, MadeAnswer } from './agent-enrolment.ts';
import type { EnrolConfig } from './enrol-config.ts';

// A request of 2 KiB, its MAC and the name of an invitation, in base64.
const MAX_REQUEST_BYTES = 8 * 1024;
const STATUS: Readonly<Record<string, number>> = {
  REQUEST_FORM: 400,
  BOX_UNKNOWN: 404,
  ENROLMENT_BUSY: 429,
  BROKER_ABSENT: 409,
};
const REFUSED = 403;

export function mountEnrolment(server: FastifyInstance, enrolment: AgentEnrolment): void {
  const answer = async (reply: FastifyReply, work: () => Promise<MadeAnswer>) => {
    try {
      const { box, answer: bytes, mac } = await work();
      return reply.send({ box: toHex(box), answer: toBase64(bytes), mac: toBase64(mac) });
    } catch (error) {
      return sendRefusal(reply, error);
    }
  };
  server.post('/enroll/v1/requests', { bodyLimit: MAX_REQUEST_BYTES }, (request, reply) =>
    answer(reply, () => {
      const { invitation, ...post } = readPost(request.body);
      return enrolment.ask(invitation, post, callerOf(request));
    }),
  );
  server.get<{ Params: { box: string }; Querystring: { nonce?: string } }>(
    '/enroll/v1/requests/:box',
    (request, reply) =>
      answer(reply, () => {
        const [box, nonce] = [hex(request.params.box, 32), hex(request.query.nonce, 16)];
        return enrolment.poll(box, nonce, callerOf(request));
      }),
  );
}

export interface EnrolmentListener {
  readonly port: number;
  stop(): Promise<void>;
}

/** @throws GatewayError ENROL_LISTEN_FAILED, EdgeError FILE_MISSING, KEY_FILE_* */
export async function startEnrolmentListener(
  { host, port, tls }: EnrolConfig,
  names: readonly string[],
  mount: (server: FastifyInstance) => void,
): Promise<EnrolmentListener> {
  const certificate = tls && openServerCertificate(tls, names);
  const common = {
    bodyLimit: MAX_REQUEST_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: true,
  };
  const server =
    certificate === null
      ? fastify(common)
      : (fastify({
          ...common,
          https: { key: certificate.key, cert: certificate.certificate, minVersion: 'TLSv1.2' },
        }) as unknown as FastifyInstance);
  mount(server);
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new GatewayError(
      'ENROL_LISTEN_FAILED',
      `agents cannot be let in on ${host}:${port} (${(cause as NodeJS.ErrnoException).code}); stop what holds it, or give another enrol.port`,
      { cause },
    );
  }
  return { port: (server.server.address() as AddressInfo).port, stop: () => server.close() };
}

function callerOf({ ip, host }: FastifyRequest): Caller {
  return { address: ip, host: host.replace(/:\d+$/, '') };
}

function readPost(body: unknown): { invitation: string; request: Uint8Array; mac: Uint8Array } {
  const { invitation, request, mac } = (body ?? {}) as Record<string, unknown>;
  if (typeof invitation !== 'string' || typeof request !== 'string' || typeof mac !== 'string')
    throw new GatewayError('REQUEST_FORM', 'invitation, request and mac are expected');
  return { invitation, request: fromBase64(request), mac: fromBase64(mac) };
}

function hex(text: string | undefined, length: number): Uint8Array {
  const bytes = fromHex(text ?? '');
  if (bytes.length === length) return bytes;
  throw new GatewayError('REQUEST_FORM', `${2 * length} hexadecimal digits are expected`);
}

/** As a cloud refuses: RFC 9457, and nothing of our insides. */
function sendRefusal(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof GatewayError || error instanceof EvidenceError) {
    const status = error instanceof EvidenceError ? 400 : (STATUS[error.code] ?? REFUSED);
    return reply
      .code(status)
      .type('application/problem+json')
      .send({
        type: `urn:sigill:error:${error.code}`,
        status,
        code: error.code,
        detail: error.message,
      });
  }
  throw error;
}
