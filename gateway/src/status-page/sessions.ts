/**
 * Who may see the page: whoever knows the box's password. Sessions live in memory: a restart ends them.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { isPassword, type PasswordHash } from '../broker/passwords.ts';

export interface Sessions {
  /** A session's token, or why there is none. */
  logIn(address: string, password: string): Promise<{ token: string } | 'wrong' | 'slow'>;
  has(token: string | undefined): boolean;
  logOut(token: string | undefined): void;
}

// A working day, so that a phone in a pocket needs no second login on one visit.
const SESSION_MS = 10 * 3_600_000;
const MAX_SESSIONS = 50;
// A person mistypes a few times; a guesser has 125 bits before it.
const TRIES = 8;
const TRIES_MS = 60_000;
const MAX_PASSWORD_BYTES = 256;
const MAX_ADDRESSES = 1000;

export function createSessions(expected: () => PasswordHash, now: () => number): Sessions {
  const sessions = new Map<string, number>();
  const tries = new Map<string, { count: number; since: number }>();

  /** Looked up by its hash, so that a comparison's time tells nothing of a token. */
  const nameOf = (token: string) => createHash('sha256').update(token).digest('hex');

  function isSlow(address: string): boolean {
    const before = tries.get(address);
    if (before === undefined || now() - before.since > TRIES_MS) {
      if (tries.size >= MAX_ADDRESSES) tries.clear();
      tries.set(address, { count: 1, since: now() });
      return false;
    }
    before.count += 1;
    return before.count > TRIES;
  }

  function sweep(): void {
    for (const [name, until] of sessions) if (until <= now()) sessions.delete(name);
    while (sessions.size >= MAX_SESSIONS) sessions.delete([...sessions.keys()][0] ?? '');
  }

  return {
    async logIn(address, password) {
      if (isSlow(address)) return 'slow';
      const given = new TextEncoder().encode(password.trim().toLowerCase());
      if (given.length > MAX_PASSWORD_BYTES) return 'wrong';
      if (!(await isPassword(given, expected()))) return 'wrong';
      tries.delete(address);
      sweep();
      const token = randomBytes(32).toString('base64url');
      sessions.set(nameOf(token), now() + SESSION_MS);
      return { token };
    },
    has(token) {
      if (token === undefined) return false;
      return (sessions.get(nameOf(token)) ?? 0) > now();
    },
    logOut(token) {
      if (token !== undefined) sessions.delete(nameOf(token));
    },
  };
}
