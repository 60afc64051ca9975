/**
 * Operators at work. A session lives in this process alone, half an hour; its cookie is of no use to a page of
 * somebody else's, because every change also needs the form token that only our own page was told.
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { CloudError } from '../errors.ts';

export const SESSION_MS = 30 * 60_000;
// Operators at one cloud at once; the oldest has to come in again.
const MAX_SESSIONS = 20;

export interface NewSession {
  /** For the cookie. */
  readonly id: string;
  /** For the header of every change. */
  readonly form: string;
  readonly expiresAt: number;
}

export interface Sessions {
  begin(): NewSession;
  /** @throws CloudError SESSION_OVER */
  assert(id: string | undefined): NewSession;
  /** For a change. @throws CloudError SESSION_OVER */
  assertForm(id: string | undefined, form: string | undefined): void;
  end(id: string | undefined): void;
}

export function createSessions(now: () => number): Sessions {
  // By the hash of the id: a look-up tells nothing of how much of a guess was right.
  const sessions = new Map<string, NewSession>();

  function assert(id: string | undefined): NewSession {
    const name = hash(id ?? '');
    const found = sessions.get(name);
    if (found !== undefined && now() < found.expiresAt) return found;
    sessions.delete(name);
    throw over();
  }

  return {
    begin() {
      const session = { id: random(), form: random(), expiresAt: now() + SESSION_MS };
      sessions.set(hash(session.id), session);
      const oldest = sessions.keys().next().value;
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      return session;
    },
    assert,
    assertForm(id, form) {
      const expected = Buffer.from(assert(id).form);
      const given = Buffer.from(form ?? '');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw over();
    },
    end: (id) => void sessions.delete(hash(id ?? '')),
  };
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

function hash(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}

function over(): CloudError {
  return new CloudError(
    'SESSION_OVER',
    'you are not signed in here, or half an hour is over; make a new link with: sigill cloud operator-link cloud.yaml',
  );
}
