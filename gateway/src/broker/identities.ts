/**
 * Who a connection is: a client of the clients file, by password or certificate, or an agent by its token. Every
 * connection is somebody, or is refused.
 * @module
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Timers } from '../timers.ts';
import type { ClientDirectory } from './client-directory.ts';
import { createFailedLogins, networkOf } from './failed-logins.ts';
import { BLOCK_SIZE, COST, isPassword, PARALLELIZATION, type PasswordHash } from './passwords.ts';
import { AGENT_TOPICS, covers, downTopic, upTopic } from './topics.ts';

/** Agents are known by 32 hexadecimal digits; the password is their token, of which only its SHA-256 is kept. */
export interface AgentIdentities {
  find(agent: string): { readonly passwordHash: Uint8Array } | null;
}

export interface Credentials {
  readonly address: string;
  readonly username: string | null;
  readonly password: Uint8Array | null;
  /** Of the certificate the connection showed. */
  readonly pin: string | null;
  /** Whether this listener takes nobody without a pinned certificate. */
  readonly needsPin: boolean;
}

export interface Identity {
  readonly name: string;
  readonly kind: 'client' | 'agent';
  /** What it proved itself with; another one later means that it must prove itself anew. */
  readonly proof: Uint8Array | string;
}

export type Login = Identity | 'refused' | 'busy';

export interface Identities {
  /** A wrong name and a wrong password take the same time and answer the same. */
  login(credentials: Credentials): Promise<Login>;
  /** Whether who connected so would still be let in. */
  isInForce(identity: Identity): boolean;
  mayPublish(identity: Identity, topic: string): boolean;
  /** A topic or a filter. */
  mayReceive(identity: Identity, wanted: string): boolean;
  readonly failedLogins: number;
  close(): void;
}

export interface IdentitiesParts {
  readonly clients: ClientDirectory;
  readonly agents: AgentIdentities;
  readonly timers: Timers;
  readonly random: (length: number) => Uint8Array;
}

export const AGENT_NAME = /^[0-9a-f]{32}$/;
// Two at once: the threads that derive keys are those that write to the disk, and there are four.
const HASHES_AT_ONCE = 2;
// Of an address that has guessed wrongly lately. Those beyond are told to come back.
const MAX_WAITING = 8;
const FORGIVE_INTERVAL_MS = 60_000;
const MAX_REMEMBERED = 4_096;

export function createIdentities(parts: IdentitiesParts): Identities {
  const { clients, agents, timers } = parts;
  const failures = createFailedLogins();
  const waiting = new Map<string, number>();
  const hashes = createGate(HASHES_AT_ONCE);
  // What a right password looked like, so that it is derived once and not at every reconnection.
  const rightOnes = new Map<PasswordHash, Uint8Array>();
  const secret = parts.random(32);
  const nobody: PasswordHash = {
    ...{ cost: COST, blockSize: BLOCK_SIZE, parallelization: PARALLELIZATION },
    ...{ salt: parts.random(16), hash: parts.random(32) },
  };
  const nobodysToken = parts.random(32);
  const stop = new AbortController();
  let cancel = timers.after(FORGIVE_INTERVAL_MS, forgive);

  function forgive(): void {
    failures.forgive();
    cancel = timers.after(FORGIVE_INTERVAL_MS, forgive);
  }

  async function login(credentials: Credentials): Promise<Login> {
    const { address, username, pin, needsPin } = credentials;
    const pinned = pin === null ? null : clients.findByCertificate(pin);
    if (pin !== null && pinned !== null && (username === null || username === pinned.name)) {
      return { name: pinned.name, kind: 'client', proof: pin };
    }
    if (needsPin || username === null) return fail(address);
    const password = credentials.password ?? new Uint8Array(0);
    if (AGENT_NAME.test(username)) return loginAgent(address, username, password);
    return loginClient(address, username, password);
  }

  async function loginAgent(
    address: string,
    username: string,
    password: Uint8Array,
  ): Promise<Login> {
    const delayMs = failures.delayMs(address);
    const found = agents.find(username);
    const actual = createHash('sha256').update(password).digest();
    const expected = found?.passwordHash ?? nobodysToken;
    const isRight = expected.length === 32 && timingSafeEqual(actual, expected);
    // 256 random bits are not guessed: who has them need not wait.
    if (isRight && found) return { name: username, kind: 'agent', proof: found.passwordHash };
    if (delayMs > 0) await timers.wait(delayMs, stop.signal);
    return fail(address);
  }

  async function loginClient(
    address: string,
    username: string,
    password: Uint8Array,
  ): Promise<Login> {
    const expected = clients.find(username)?.password ?? null;
    const fingerprint = createHmac('sha256', secret).update(password).digest();
    const right = rightOnes.get(expected ?? nobody);
    if (expected && right && timingSafeEqual(right, fingerprint)) {
      return { name: username, kind: 'client', proof: expected.hash };
    }
    const isRight = await checked(address, () => isPassword(password, expected ?? nobody));
    if (isRight === 'busy') return 'busy';
    if (!isRight || expected === null) return fail(address);
    remember(expected, fingerprint);
    return { name: username, kind: 'client', proof: expected.hash };
  }

  async function checked(
    address: string,
    check: () => Promise<boolean>,
  ): Promise<boolean | 'busy'> {
    const network = networkOf(address);
    const delayMs = failures.delayMs(address);
    const before = waiting.get(network) ?? 0;
    if (delayMs > 0 && before >= MAX_WAITING) return 'busy';
    waiting.set(network, before + 1);
    try {
      if (delayMs > 0) await timers.wait(delayMs, stop.signal);
      return await hashes(check);
    } finally {
      const left = waiting.get(network)! - 1;
      if (left === 0) waiting.delete(network);
      else waiting.set(network, left);
    }
  }

  function fail(address: string): 'refused' {
    failures.failed(address);
    return 'refused';
  }

  function remember(hash: PasswordHash, fingerprint: Uint8Array): void {
    rightOnes.set(hash, fingerprint);
    const [oldest] = rightOnes.keys();
    if (rightOnes.size > MAX_REMEMBERED && oldest) rightOnes.delete(oldest);
  }

  function isInForce({ name, kind, proof }: Identity): boolean {
    if (kind === 'agent') {
      const found = agents.find(name);
      return found !== null && isSame(found.passwordHash, proof);
    }
    const found = clients.find(name);
    if (found === null) return false;
    return isSame(typeof proof === 'string' ? found.certificate : found.password?.hash, proof);
  }

  function isGranted(
    { name, kind }: Identity,
    wanted: string,
    way: 'publish' | 'subscribe',
  ): boolean {
    if (kind === 'agent') return wanted === (way === 'publish' ? upTopic(name) : downTopic(name));
    if (wanted.startsWith('$') || wanted.startsWith(AGENT_TOPICS)) return false;
    return clients.find(name)?.[way].some((filter) => covers(filter, wanted)) ?? false;
  }

  return {
    login,
    isInForce,
    mayPublish: (identity, topic) => isGranted(identity, topic, 'publish'),
    mayReceive: (identity, wanted) => isGranted(identity, wanted, 'subscribe'),
    get failedLogins() {
      return failures.total;
    },
    close() {
      cancel();
      stop.abort();
    },
  };
}

function isSame(
  known: Uint8Array | string | null | undefined,
  proof: Uint8Array | string,
): boolean {
  if (typeof known === 'string' || typeof proof === 'string') return known === proof;
  return known?.length === proof.length && known.every((byte, index) => byte === proof[index]);
}

/** So many at once, the others in their order. */
function createGate(atOnce: number) {
  const queue: (() => void)[] = [];
  let running = 0;
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await run();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
