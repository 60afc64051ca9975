import { utf8 } from '@sigill/evidence';
import type { Driver, Session, Step } from '@sigill/firmware-bridge';
import { describe, expect, it } from 'vitest';
import { checkedReadings, fieldsOf, ofKind, sealedBatches, startAgent } from '../agent-fixture.ts';
import { EdgeError } from '../errors.ts';
import { createFakeTimers, settle } from '../timers-fake.ts';
import type { SourceConfig } from './config.ts';
import {
  createFakeTransport,
  linesDriver,
  NOTHING,
  OPEN,
  SOURCE,
  WAITING,
} from './source-fixture.ts';
import { startSourceSupervisor } from './source-supervisor.ts';

describe('a source', () => {
  it('brings what its device says to the agent', async () => {
    const world = await startAgent();
    const { transport, supervisor } = start({ agent: world.agent });
    transport.state(OPEN);
    transport.say('meter-1 1\nmeter-1 2');
    transport.say('\n');
    await settle();

    expect(supervisor.health()).toMatchObject({ state: 'ok', reason: null, observations: 2 });
    await supervisor.stop();
    await world.timers.advance(20_000);
    const readings = checkedReadings(await sealedBatches(world.agent));
    expect(ofKind(readings, 'meter')).toHaveLength(2);
  });

  it('lets a reading wait for its sync no longer than is configured', async () => {
    const { transport, told } = start({}, { commitWindowMs: 10 });
    transport.state(OPEN);
    transport.say('meter-1 1\n');
    expect(told.observed).toEqual([{ device: 'meter-1', withinMs: 10, saidAgain: undefined }]);
  });

  it('counts refused frames and shows them to the agent', () => {
    const { transport, supervisor, told } = start({});
    transport.say('!bad\n');
    expect(supervisor.health().rejected).toBe(1);
    expect(told.rejected).toEqual(['CHECKSUM_MISMATCH']);
  });

  it('sends what the driver asks, in order, and ticks when it wants', async () => {
    const { transport, timers } = start({
      tick: (nowMs) => ({
        ...NOTHING,
        send: [utf8('ask'), utf8('again')],
        nextTickMs: nowMs + 1000,
      }),
    });
    transport.state(OPEN);
    await timers.advance(2500);
    expect(transport.sent).toEqual(['ask', 'again', 'ask', 'again', 'ask', 'again']);
  });

  it('begins a new session when the line is open again, and lets the old one end', () => {
    const { transport, sessions, supervisor } = start({});
    transport.state(OPEN);
    transport.state({ ...WAITING, reason: 'unplugged' });
    transport.state(OPEN);
    expect(sessions.map((session) => session.ended)).toEqual([false, true, false]);
    expect(supervisor.health().reconnects).toBe(1);
  });

  it('begins a new session when the clock is set, and asks at once', async () => {
    const { transport, sessions, timers, clock } = start({
      tick: (nowMs) => ({ ...NOTHING, send: [utf8('ask')], nextTickMs: nowMs + 1000 }),
    });
    transport.state(OPEN);
    clock.set(-3_600_000);
    await timers.advance(1000);
    await timers.advance(1000);
    expect(sessions).toHaveLength(3);
    expect(transport.sent.length).toBeGreaterThanOrEqual(3);
  });

  it('begins the connection anew when the driver wants it', () => {
    const { transport } = start({ tick: () => ({ ...NOTHING, reset: 'it answers no more' }) });
    transport.state(OPEN);
    expect(transport.resets).toEqual(['it answers no more']);
  });

  it('tells why it is not well, each change once', () => {
    const { transport, supervisor, told } = start({});
    transport.state(WAITING);
    supervisor.look();
    transport.state(WAITING);
    expect(supervisor.health()).toMatchObject({
      state: 'waiting',
      reason: 'there is no port /dev/serial/by-id/usb-p1',
      code: 'PORT_MISSING',
    });
    expect(told.transport).toEqual(['waiting', 'waiting']);
    transport.state(OPEN);
    transport.say('meter-1 1\n');
    supervisor.look();
    expect(told.log).toEqual([
      'warn house-17: there is no port /dev/serial/by-id/usb-p1',
      'info house-17: starting again',
    ]);
  });

  it('that comes and goes fills no log', async () => {
    const { transport, supervisor, timers, told } = start({});
    for (let seconds = 0; seconds < 300; seconds++) {
      transport.state(seconds % 2 === 0 ? WAITING : OPEN);
      supervisor.look();
      await timers.advance(1000);
    }
    expect(told.log.length).toBeGreaterThan(8);
    expect(told.log.length).toBeLessThan(12);
    transport.state(WAITING);
    for (let seconds = 0; seconds < 61; seconds++) {
      await timers.advance(1000);
      supervisor.look();
    }
    expect(told.log.at(-1)).toContain('there is no port');
  });

  it('goes on when the agent refuses, with the reason in sight until it accepts again', async () => {
    let refusing = true;
    const { transport, supervisor } = start({
      observe: async () => {
        if (refusing) throw new EdgeError('JOURNAL_FULL', 'no room', { retryable: true });
      },
    });
    transport.state(OPEN);
    transport.say('meter-1 1\n');
    await settle();
    const refused = { state: 'refused', refused: 1, code: 'JOURNAL_FULL', reason: 'no room' };
    expect(supervisor.health()).toMatchObject(refused);
    refusing = false;
    transport.say('meter-1 2\n');
    await settle();
    expect(supervisor.health()).toMatchObject({ state: 'ok', refused: 1, observations: 2 });
  });

  it('survives a driver that throws and a write that fails', async () => {
    let failing = true;
    const { transport, supervisor, sessions } = start({
      receive: () => {
        if (failing) throw new Error('a fault of the driver');
        return { ...NOTHING, send: [utf8('refused')] };
      },
    });
    transport.state(OPEN);
    transport.say('1');
    expect(supervisor.health()).toMatchObject({ state: 'babbling', code: 'DRIVER_FAILED' });
    expect(supervisor.health().reason).toContain('a fault of the driver');
    expect(sessions).toHaveLength(3);
    failing = false;
    transport.say('2');
    await settle();
    expect(supervisor.health().reason).toContain('does not reach it');
  });

  it('that is silent on a port names who else has it open', async () => {
    const { transport, supervisor, timers, told } = start({ users: ['cat (process 512)'] });
    transport.state(OPEN);
    for (let seconds = 0; seconds < 120; seconds++) {
      await timers.advance(1000);
      supervisor.look();
    }
    await settle();
    expect(told.log).toEqual([
      expect.stringContaining('is open, but nothing came for 60 s'),
      'warn house-17: /dev/serial/by-id/usb-p1 is also open in cat (process 512), which takes its bytes: stop it',
    ]);
  });

  it('drops what is far beyond its cadence, and a gap tells how much', async () => {
    const world = await startAgent();
    const { transport, supervisor, timers } = start({ agent: world.agent });
    transport.state(OPEN);
    const flood = Array.from({ length: 700 }, (_, value) => `meter-1 ${value}\n`).join('');
    transport.say(flood);
    expect(supervisor.health()).toMatchObject({ state: 'babbling', code: 'SOURCE_FLOOD' });
    await timers.advance(10_000);
    transport.say('meter-1 1000\n');
    await settle();
    await world.timers.advance(20_000);
    const readings = checkedReadings(await sealedBatches(world.agent));
    const gaps = ofKind(readings, 'gap').filter(({ device }) => device === 'meter-1');
    expect(gaps.map((gap) => fieldsOf(gap)['gap.cause'])).toEqual(['flood']);
    const told = Number(fieldsOf(gaps[0]!)['gap.count']);
    expect([told, supervisor.health().dropped]).toEqual([200, 200]);
    expect(ofKind(readings, 'meter')).toHaveLength(501);
  });

  it('looks at noise now and then only, and hears the device when it is mended', async () => {
    const { transport, supervisor, timers, told } = start({});
    transport.state(OPEN);
    const noise = Uint8Array.from({ length: 8192 }, (_, i) => 0x80 | (i % 97));
    let heard = 0;
    for (let ms = 0; ms < 20_000; ms += 100) {
      if (!transport.isPaused) {
        transport.chunk(noise);
        heard++;
      }
      supervisor.look();
      await timers.advance(100);
    }
    expect(supervisor.health()).toMatchObject({ state: 'babbling', code: 'SOURCE_UNREADABLE' });
    // Some 64 KiB each two seconds, of 1.6 MB.
    expect(heard).toBeLessThan(120);
    await timers.advance(2000);
    transport.say('\nmeter-1 1\n');
    expect(told.observed).toHaveLength(1);
    expect(supervisor.health().state).toBe('ok');
  });

  it('gives up what was half said when it looked away', async () => {
    const { transport, timers, sessions } = start({});
    transport.state(OPEN);
    transport.chunk(new Uint8Array(70_000).fill(0xff));
    transport.chunk(new Uint8Array(10).fill(0xff)); // was on its way
    const before = sessions.length;
    await timers.advance(2000);
    expect(sessions).toHaveLength(before + 1);
    expect(sessions.at(-2)?.ended).toBe(true);
  });
});

describe('a message that is delivered', () => {
  const message = (text: string) => ({ bytes: utf8(text), topic: 'meters/1' });

  it('is answered when all its readings are durable', async () => {
    const durable = Promise.withResolvers<void>();
    const { supervisor, told } = start({ observe: () => durable.promise });
    let answer: unknown = null;
    void supervisor.deliver(message('a 1\nb 2\n!bad\n')).then((delivered) => {
      answer = delivered;
    });
    await settle();
    expect(answer).toBeNull();
    durable.resolve();
    await settle();
    expect(answer).toMatchObject({ taken: true, readings: 2, rejected: [{ length: 4 }] });
    expect(told.observed.map(({ saidAgain }) => saidAgain)).toEqual([true, true]);
  });

  it('rejects while the agent cannot take it', async () => {
    const { supervisor, transport } = start({
      observe: async () => {
        throw new EdgeError('JOURNAL_FULL', 'no room', { retryable: true });
      },
    });
    await expect(supervisor.deliver(message('a 1\n'))).rejects.toMatchObject({
      code: 'JOURNAL_FULL',
    });
    expect(await transport.message('a 1\n', 'meters/1')).toBe(false);
  });

  it('is refused for good where the agent never takes it', async () => {
    const { supervisor, transport } = start({
      observe: async () => {
        throw new EdgeError('STREAM_LIMIT', 'one device too many');
      },
    });
    expect(await supervisor.deliver(message('a 1\n'))).toMatchObject({
      readings: 0,
      rejected: [{ code: 'STREAM_LIMIT' }],
    });
    expect(await transport.message('a 1\n', 'meters/1')).toBe(true);
  });

  it('of which the driver dies is refused for good too', async () => {
    const { supervisor } = start({
      receive: () => {
        throw new Error('a fault');
      },
    });
    expect(await supervisor.deliver(message('a 1\n'))).toMatchObject({
      readings: 0,
      rejected: [{ code: 'DRIVER_FAILED' }],
    });
  });
});

interface Behaviour {
  agent?: Parameters<typeof startSourceSupervisor>[0]['agent'];
  observe?: () => Promise<void>;
  receive?: Session['receive'];
  tick?: (nowMs: number) => Step;
  users?: string[];
}

function start(behaviour: Behaviour, change: Partial<SourceConfig> = {}) {
  const timers = createFakeTimers();
  const told = {
    observed: [] as { device: string; withinMs?: number; saidAgain?: boolean }[],
    rejected: [] as string[],
    transport: [] as string[],
    log: [] as string[],
  };
  const sessions: { ended: boolean }[] = [];
  const driver: Driver = {
    ...linesDriver,
    createSession(options) {
      const known = { ended: false };
      sessions.push(known);
      const session = linesDriver.createSession(options);
      return {
        receive: behaviour.receive ?? session.receive,
        tick: behaviour.tick ?? session.tick,
        end() {
          known.ended = true;
          return NOTHING;
        },
      };
    },
  };
  const observe = behaviour.observe ?? (async () => undefined);
  let offsetMs = 1_760_000_000_000;
  const clock = {
    nowMs: () => offsetMs + timers.elapsedMs,
    uptimeMs: () => timers.elapsedMs,
    set: (byMs: number) => {
      offsetMs += byMs;
    },
  };
  const transport = createFakeTransport();
  const say = (level: string) => (_details: object, text: string) => {
    told.log.push(`${level} ${text}`);
  };
  const supervisor = startSourceSupervisor({
    ...{ source: { ...SOURCE, ...change }, driver, transport, clock, timers },
    findUsers: async () => behaviour.users ?? [],
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    agent: behaviour.agent ?? {
      observe(_source, { device }, { withinMs, saidAgain } = {}) {
        told.observed.push({ device, withinMs, saidAgain } as (typeof told.observed)[0]);
        return observe();
      },
      rejected: (_source, { code }) => void told.rejected.push(code),
      transport: (_source, status) => void told.transport.push(status),
      flooded: () => undefined,
    },
  });
  return { transport, supervisor, timers, clock, told, sessions };
}
