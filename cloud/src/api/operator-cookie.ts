/** The operator's cookie and form token, read and written. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type NewSession, SESSION_MS } from '../operator/sessions.ts';

const COOKIE = 'sigill_operator';
export const FORM_HEADER = 'x-sigill-form';

export function sessionOf({ headers }: FastifyRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

export function formOf({ headers }: FastifyRequest): string | undefined {
  const found = headers[FORM_HEADER];
  return typeof found === 'string' ? found : undefined;
}

export function setSession(reply: FastifyReply, { id }: NewSession, secure: boolean): void {
  const age = `Max-Age=${SESSION_MS / 1000}`;
  reply.header('set-cookie', [cookie(id, age, secure)]);
}

export function clearSession(reply: FastifyReply, secure: boolean): void {
  reply.header('set-cookie', [cookie('', 'Max-Age=0', secure)]);
}

function cookie(value: string, age: string, secure: boolean): string {
  const flags = ['HttpOnly', 'SameSite=Strict', 'Path=/', age];
  return [`${COOKIE}=${value}`, ...flags, ...(secure ? ['Secure'] : [])].join('; ');
}
