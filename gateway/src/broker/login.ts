/**
 * What aedes asks when a CONNECT has come.
 * @module
 */
import type { AuthenticateError, Client } from 'aedes';
import type { Tell } from '../events.ts';
import { type Counts, isWorthTelling } from './client-counts.ts';
import type { ClientDirectory } from './client-directory.ts';
import type { Identities, Login } from './identities.ts';
import type { Sessions } from './sessions.ts';

export interface LoginParts {
  readonly sessions: Sessions;
  readonly identities: Identities;
  readonly clients: ClientDirectory;
  readonly counts: Counts;
  readonly random: (length: number) => Uint8Array;
  readonly tell: Tell;
}

interface ConnectPacket {
  clientId: string;
  readonly username?: string;
}

// MQTT 3.1.1 §3.2.2.3
const SERVER_UNAVAILABLE = 3;
const BAD_USERNAME_OR_PASSWORD = 4;

export function createLogin(parts: LoginParts) {
  const { sessions, identities, clients, counts, tell } = parts;

  /** Client identifiers belong to their names: nobody takes over another one's connection or queue. */
  function preConnect(
    client: Client,
    packet: ConnectPacket,
    done: (error: Error | null, success: boolean) => void,
  ): void {
    const session = sessions.of(client);
    if (session === null) {
      done(new Error('the connection is gone'), false);
      return;
    }
    session.connectArrived();
    const pinned = session.pin === null ? null : clients.findByCertificate(session.pin);
    const name = packet.username ?? pinned?.name ?? '';
    const own = packet.clientId || `~${Buffer.from(parts.random(12)).toString('hex')}`;
    packet.clientId = `${name}:${own}`;
    done(null, true);
  }

  async function authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): Promise<void> {
    const session = sessions.of(client);
    if (session === null) return;
    const { address, pin, needsPin } = session;
    const credentials = { username: username ?? null, password: password ?? null };
    // Deriving a key needs memory, which may be short.
    const login = await identities
      .login({ address, pin, needsPin, ...credentials })
      .catch((): Login => 'busy');
    if (login === 'refused') {
      tellRefused(address, username ?? '');
      done(refusal(BAD_USERNAME_OR_PASSWORD, 'wrong name or password'), false);
    } else if (login === 'busy') {
      done(refusal(SERVER_UNAVAILABLE, 'it cannot be told now who this is'), false);
    } else {
      session.identity = login;
      session.counts = counts.of(login.name);
      session.counts.connections += 1;
      done(null, true);
    }
  }

  function tellRefused(address: string, username: string): void {
    if (!isWorthTelling(identities.failedLogins)) return;
    const name = username.replace(/[^\w.-]/g, '?').slice(0, 64);
    const text = `somebody at ${address} could not log in to the broker as "${name}"; if it is a device of yours, give it the name and password that sigill gateway client add printed`;
    tell({ level: 'warning', what: 'broker-login', text, facts: { address } });
  }

  return { preConnect, authenticate };
}

function refusal(returnCode: number, message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode }) as AuthenticateError;
}
