import { utf8 } from '@sigill/evidence';
import {
  type Driver,
  dsmrP1,
  type Session,
  type Step,
  type Transport,
  type TransportState,
} from '@sigill/firmware-bridge';
import { describe, expect, it } from 'vitest';
import {
  checkedReadings,
  METER,
  meterObservation,
  ofKind,
  sealedBatches,
  startAgent,
} from '../agent-fixture.ts';
import { EdgeError } from '../errors.ts';
import { createFakeTimers, settle } from '../timers-fake.ts';
import { startSourceSupervisor, toSourcePlan } from './source-supervisor.ts';

const OPEN: TransportState = { status: 'open', reason: null, code: null };
const WAITING: TransportState = {
  status: 'waiting',
  reason: 'there is no /dev/serial/by-id/usb-p1',
  code: 'PORT_MISSING',
};
const NOTHING: Step = { observations: [], rejected: [], send: [], nextTickMs: null };

describe('a source', () => {
  it('brings what its device says to the agent', async () => {
    const world = await startAgent();
    const { transport, supervisor } = start({ agent: world.agent });
    transport.state(OPEN);
    transport.chunk(utf8('12'));
    transport.chunk(utf8('34'));
    await settle();

    expect(supervisor.health()).toMatchObject({ state: 'open', reason: null, observations: 2 });
    await supervisor.stop();
    await world.timers.advance(20_000);
    const readings = checkedReadings(await sealedBatches(world.agent));
    expect(ofKind(readings, 'meter')).toHaveLength(2);
  });

  it('counts refused frames and shows them to the agent', async () => {
    const { transport, supervisor, told } = start({
      receive: () => ({
        ...NOTHING,
        rejected: [
          {
            code: 'CHECKSUM_MISMATCH',
            message: 'no',
            offset: 0,
            length: 3,
            bytes: utf8('bad'),
          },
        ],
      }),
    });
    transport.chunk(utf8('bad'));

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

  it('begins a new session when the line is open again, and lets the old one end', async () => {
    const { transport, sessions } = start({});
    transport.state(OPEN);
    transport.state({ ...WAITING, reason: 'unplugged' });
    transport.state(OPEN);

    expect(sessions.map((session) => session.ended)).toEqual([false, true, false]);
  });

  it('tells why it is not well', async () => {
    const { transport, supervisor, told } = start({});
    transport.state(WAITING);

    expect(supervisor.health()).toMatchObject({
      state: 'waiting',
      reason: 'there is no /dev/serial/by-id/usb-p1',
      code: 'PORT_MISSING',
    });
    expect(told.transport).toEqual(['waiting']);
  });

  it('goes on when the agent refuses, with the reason in sight until it accepts again', async () => {
    let refusing = true;
    const { transport, supervisor } = start({
      observe: async () => {
        if (refusing) throw new EdgeError('JOURNAL_FULL', 'no room', { retryable: true });
      },
    });
    transport.chunk(utf8('1'));
    await settle();
    expect(supervisor.health()).toMatchObject({ refused: 1, reason: 'JOURNAL_FULL: no room' });
    refusing = false;
    transport.chunk(utf8('2'));
    await settle();
    expect(supervisor.health()).toMatchObject({ refused: 1, observations: 2, reason: null });
  });

  it('survives a driver that throws and a write that fails', async () => {
    let failing = true;
    const { transport, supervisor, sessions } = start({
      receive: () => {
        if (failing) throw new Error('a fault of the driver');
        return { ...NOTHING, send: [utf8('refused')] };
      },
    });
    transport.chunk(utf8('1'));
    expect(supervisor.health().reason).toContain('a fault of the driver');
    expect(sessions).toHaveLength(2);
    failing = false;
    transport.chunk(utf8('2'));
    await settle();
    expect(supervisor.health().reason).toContain('not sent');
  });
});

describe('toSourcePlan', () => {
  it('names the driver with the options it was given', () => {
    const { name, ...rest } = METER;
    expect(toSourcePlan({ name, ...rest }, dsmrP1, {})).toEqual({ ...METER, driver: 'dsmr-p1' });
  });
});

interface Behaviour {
  agent?: Parameters<typeof startSourceSupervisor>[0]['agent'];
  observe?: () => Promise<void>;
  receive?: Session['receive'];
  tick?: Session['tick'];
}

function start(behaviour: Behaviour) {
  const timers = createFakeTimers();
  const told = { rejected: [] as string[], transport: [] as string[] };
  const sessions: { ended: boolean }[] = [];
  const driver: Driver = {
    manifest: { ...dsmrP1.manifest, id: 'fake' },
    createSession() {
      const known = { ended: false };
      sessions.push(known);
      return {
        receive: behaviour.receive ?? observing,
        tick: behaviour.tick ?? (() => NOTHING),
        end() {
          known.ended = true;
          return NOTHING;
        },
      };
    },
  };
  const agent = behaviour.agent ?? {
    observe: behaviour.observe ?? (async () => undefined),
    rejected: (_source: string, { code }: { code: string }) => told.rejected.push(code),
    transport: (_source: string, status: string) => told.transport.push(status),
  };
  const transport = createFakeTransport();
  const supervisor = startSourceSupervisor({
    source: 'house-17',
    driver,
    options: {},
    transport,
    agent,
    clock: { nowMs: () => timers.elapsedMs },
    timers,
  });
  return { transport, supervisor, timers, told, sessions };
}

/** One observation for each chunk. */
function observing({ bytes }: { bytes: Uint8Array }): Step {
  const observation = meterObservation(new TextDecoder().decode(bytes));
  return { ...NOTHING, observations: [{ ...observation, frame: bytes, offset: 0 }] };
}

function createFakeTransport(): Transport & {
  readonly sent: string[];
  chunk(bytes: Uint8Array): void;
  state(state: TransportState): void;
} {
  const sent: string[] = [];
  let handlers: Parameters<Transport['start']>[0] | null = null;
  return {
    sent,
    start(given) {
      handlers = given;
    },
    async write(bytes) {
      const text = new TextDecoder().decode(bytes);
      if (text === 'refused') throw new Error('NOT_OPEN');
      sent.push(text);
    },
    stop: async () => undefined,
    chunk: (bytes) => handlers!.chunk(bytes),
    state: (state) => handlers!.state(state),
  };
}
