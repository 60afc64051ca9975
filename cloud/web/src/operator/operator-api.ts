/** The operator's routes. The cookie is the browser's business; the form token is kept here and goes with every change. */
import type { Fetch } from '../api/client.ts';
import { PageError } from '../errors.ts';
import type { NewCode, Overview } from './model.ts';
import { parseNewCode, parseOverview } from './parse.ts';

/** Every call throws `PageError`; SESSION_OVER when the operator has to come in anew. */
export interface OperatorApi {
  /** @param token from the one-time link; null: by the cookie of before */
  enter(token: string | null): Promise<void>;
  overview(): Promise<Overview>;
  /** As it came, to be signed on a machine without a network. */
  rawOverview(): Promise<string>;
  invite(madeFor: string | null): Promise<NewCode>;
  withdraw(invitation: string): Promise<void>;
  approve(box: string, origin: string, cause?: string): Promise<void>;
  refuse(box: string, reason: string): Promise<void>;
  revoke(fingerprint: string): Promise<void>;
  /** base64 of a record signed elsewhere. */
  bring(record: string): Promise<{ readonly origin: string }>;
  /** base64 of erasures signed elsewhere, all at once. */
  erase(erasures: readonly string[]): Promise<void>;
  leave(): Promise<void>;
}

const BASE = '/operator/v1/';

export function createOperatorApi(fetch: Fetch): OperatorApi {
  let form = '';

  async function ask(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(BASE + path, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      headers: {
        'x-sigill-form': form,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new PageError('SERVER_UNREACHABLE', `${path}: no answer`, { cause });
    });
    if (answer.ok) return answer;
    throw await problemOf(answer);
  }

  const json = async (answer: Promise<Response>): Promise<unknown> =>
    (await answer).json().catch((cause: unknown) => {
      throw new PageError('SERVER_ANSWER', 'JSON expected', { cause });
    });

  return {
    async enter(token) {
      const answer = token === null ? ask('GET', 'session') : ask('POST', 'session', { token });
      const session = (await json(answer)) as { form?: unknown } | null;
      form = String(session?.form ?? '');
    },
    overview: async () => parseOverview(await json(ask('GET', 'overview'))),
    rawOverview: async () => (await ask('GET', 'overview')).text(),
    invite: async (madeFor) =>
      parseNewCode(await json(ask('POST', 'invitations', { kind: 'gateway', madeFor }))),
    withdraw: async (invitation) => void (await ask('DELETE', `invitations/${invitation}`)),
    approve: async (box, origin, cause) =>
      void (await ask('POST', `boxes/${box}/approve`, { origin, ...(cause && { cause }) })),
    refuse: async (box, reason) => void (await ask('POST', `boxes/${box}/refuse`, { reason })),
    revoke: async (fingerprint) => void (await ask('POST', 'revoke', { fingerprint })),
    async bring(record) {
      const { origin } = (await json(ask('POST', 'records', { record }))) as { origin?: unknown };
      return { origin: String(origin ?? '') };
    },
    erase: async (erasures) => void (await ask('POST', 'erasures', { erasures })),
    leave: async () => void (await ask('DELETE', 'session')),
  };
}

async function problemOf(answer: Response): Promise<PageError> {
  const problem: unknown = await answer.json().catch(() => null);
  const { code, detail } = (problem ?? {}) as { code?: unknown; detail?: unknown };
  const said = typeof detail === 'string' ? detail : `HTTP ${answer.status}`;
  if (answer.status !== 401) return new PageError('SERVER_PROBLEM', said);
  return new PageError(code === 'LINK_INVALID' ? 'LINK_INVALID' : 'SESSION_OVER', said);
}
