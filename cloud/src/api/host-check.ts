/**
 * Answers only to its own names. A page of somebody else's may point its own name at 127.0.0.1 (DNS rebinding) and
 * would then read this server from a browser on this machine; the name it calls us by gives it away.
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Api } from './context.ts';

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** @param names besides those of this machine: what a proxy in front is called */
export function addHostCheck(api: Api, names: readonly string[]): void {
  const own = new Set([...LOCAL_NAMES, ...names].map((name) => name.toLowerCase()));
  // The header itself: what a proxy says about the name it was called by anybody could say.
  api.addHook('onRequest', async ({ headers }) => {
    const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (own.has(name)) return;
    throw new CloudError(
      'HOST_UNKNOWN',
      `this server is not called ${JSON.stringify(name.slice(0, 64))}; if it should be, write listen.names in cloud.yaml`,
    );
  });
}
