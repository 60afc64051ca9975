import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { networkOf } from './failed-logins.ts';
import { createIdentities } from './identities.ts';
import { hashPassword } from './passwords.ts';

const hash = await hashPassword('right', new Uint8Array(16));
const device = { name: 'device', password: hash, certificate: null, publish: [], subscribe: [] };
const agent = 'a'.repeat(32);
const bytes = (text: string) => new TextEncoder().encode(text);

describe('logging in', () => {
  it('waits longer with each wrong password from one address, and others do not wait', async () => {
    const { identities, timers, login } = create();
    expect(await login('1.1.1.1', 'device', 'wrong')).toBe('refused');
    const waits: number[] = [];
    for (let failed = 0; failed < 7; failed++) {
      const refused = login('1.1.1.1', 'nobody', 'wrong');
      waits.push(await timers.nextWait());
      timers.advance(waits.at(-1)!);
      expect(await refused).toBe('refused');
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000]);
    expect(await login('2.2.2.2', 'device', 'right')).toMatchObject({
      name: 'device',
      kind: 'client',
    });
    identities.close();
  });

  it('does not wait with a password that was right before', async () => {
    const { identities, login } = create();
    await login('1.1.1.1', 'device', 'right');
    await login('1.1.1.1', 'device', 'wrong');
    expect(await login('1.1.1.1', 'device', 'right')).toMatchObject({ name: 'device' });
    identities.close();
  });

  it('is put off when many wait already at an address that guesses', async () => {
    const { identities, timers, login } = create();
    await login('1.1.1.1', 'device', 'wrong');
    const waiting = Array.from({ length: 8 }, () => login('1.1.1.1', 'device', 'wrong'));
    expect(await login('1.1.1.1', 'device', 'right')).toBe('busy');
    timers.advance(250);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['refused']));
    identities.close();
  });

  it('is forgiven in time', async () => {
    const { identities, timers, login } = create();
    await login('1.1.1.1', 'device', 'wrong');
    timers.advance(60_000);
    expect(await login('1.1.1.1', 'device', 'right')).toMatchObject({ name: 'device' });
    identities.close();
  });

  it('as an agent takes its token, and ends with it', async () => {
    const { identities, login, agents } = create();
    agents.set(agent, createHash('sha256').update('token').digest());
    const identity = await login('1.1.1.1', agent, 'token');
    expect(identity).toMatchObject({ name: agent, kind: 'agent' });
    if (typeof identity === 'string') return;
    expect(identities.isInForce(identity)).toBe(true);
    agents.set(agent, createHash('sha256').update('another').digest());
    expect(identities.isInForce(identity)).toBe(false);
    agents.delete(agent);
    expect(identities.isInForce(identity)).toBe(false);
    identities.close();
  });
});

it('an address of IPv6 counts by its network, one of IPv4 by itself', () => {
  expect(networkOf('1.2.3.4')).toBe('1.2.3.4');
  expect(networkOf('::ffff:1.2.3.4')).toBe('1.2.3.4');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:db8:1:2::7')).toBe('2001:db8:1:2::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
});

function create() {
  const timers = createFakeTimers();
  const agents = new Map<string, Uint8Array>();
  const identities = createIdentities({
    clients: {
      find: (name) => (name === 'device' ? device : null),
      findByCertificate: () => null,
      generation: 0,
      onChange: () => () => {},
      close() {},
    },
    agents: {
      find(name) {
        const passwordHash = agents.get(name);
        return passwordHash ? { passwordHash } : null;
      },
    },
    timers,
    random: (length) => new Uint8Array(length).fill(3),
  });
  const login = (address: string, username: string, password: string) =>
    identities.login({ address, username, password: bytes(password), pin: null, needsPin: false });
  return { identities, timers, agents, login };
}
