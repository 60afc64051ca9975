/**
 * What browsers are told to refuse: scripts and styles that are not ours, frames around us, connections to
 * anywhere but here and the ledger that block headers are compared with.
 * @module
 */
import type { Api } from './context.ts';

export interface SecurityOptions {
  /** Addresses that pages may ask besides this server. */
  readonly connect: readonly string[];
  readonly tls: boolean;
}

export function addSecurityHeaders(api: Api, { connect, tls }: SecurityOptions): void {
  const sources = [...new Set(connect.map((url) => new URL(url).origin))];
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...sources].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  api.addHook('onRequest', async (_, reply) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      ...(tls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    });
  });
}
