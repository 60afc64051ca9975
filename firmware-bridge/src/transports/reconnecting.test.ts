import { describe, expect, it } from 'vitest';
import { TransportError } from '../errors.ts';
import { createReconnectingTransport, type LinkListener } from './reconnecting.ts';
import type { TransportState } from './transport.ts';

/** A transport on a clock that only moves when told, and links that do as told. */
function createFake() {
  let now = 0;
  const timers: { at: number; call: () => void }[] = [];
  const waits: number[] = [];
  const links: LinkListener[] = [];
  const states: TransportState[] = [];
  const held: string[] = [];
  const watches: (() => void)[] = [];
  const transport = createReconnectingTransport(
    (listener) => {
      links.push(listener);
      return {
        write: async () => {},
        pause: () => held.push('pause'),
        resume: () => held.push('resume'),
        close: async () => {},
      };
    },
    {
      watchPlug: (plugged) => {
        watches.push(plugged);
        return () => watches.splice(watches.indexOf(plugged), 1);
      },
      backOff: { firstMs: 100, maxMs: 1000 },
      random: () => 1,
      timers: {
        now: () => now,
        after: (ms, call) => {
          waits.push(ms);
          const timer = { at: now + ms, call };
          timers.push(timer);
          return () => timers.splice(timers.indexOf(timer), 1);
        },
      },
    },
  );
  transport.start({ chunk: () => {}, state: (state) => states.push(state) });
  const advance = async (ms: number) => {
    now += ms;
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.call();
    }
    await Promise.resolve();
  };
  const lose = async (code: TransportError['code'] = 'CONNECTION_LOST') => {
    links.at(-1)?.lost(new TransportError(code, code));
    await Promise.resolve();
  };
  return { transport, links, states, waits, watches, held, advance, lose };
}

describe('reconnecting transport', () => {
  it('doubles the bound of its wait with each failure, up to the most', async () => {
    const { waits, advance, lose } = createFake();
    for (let i = 0; i < 6; i++) {
      await lose();
      await advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it.each(['PORT_MISSING', 'PORT_LOST', 'PORT_PERMISSION'] as const)(
    'soon looks for a plug again after %s',
    async (code) => {
      const { waits, advance, lose } = createFake();
      for (let i = 0; i < 6; i++) {
        await lose(code);
        await advance(waits.at(-1) ?? 0);
      }
      expect(waits).toEqual([250, 500, 1000, 1500, 1500, 1500]);
    },
  );

  it('tries at once when the plug is seen, but not without pause', async () => {
    const { links, watches, advance, lose } = createFake();
    await advance(1000);
    await lose('PORT_LOST');
    watches[0]?.();
    await advance(0);
    expect(links).toHaveLength(2);
    await lose('PORT_LOST');
    watches[0]?.();
    await advance(199);
    expect(links).toHaveLength(2);
    await advance(1);
    expect(links).toHaveLength(3);
  });

  it('watches for a plug only while one is missing', async () => {
    const { watches, waits, advance, lose } = createFake();
    await lose('PORT_SPINNING');
    expect(watches).toHaveLength(0);
    await advance(waits.at(-1) ?? 0);
    await lose('PORT_MISSING');
    expect(watches).toHaveLength(1);
    await advance(waits.at(-1) ?? 0);
    expect(watches).toHaveLength(0);
  });

  it('has failed anew when it fails for another reason', async () => {
    const { waits, advance, lose } = createFake();
    for (let i = 0; i < 4; i++) {
      await lose('PORT_MISSING');
      await advance(waits.at(-1) ?? 0);
    }
    await lose('PORT_OPEN_FAILED');
    expect(waits.at(-1)).toBe(100);
  });

  it('begins a new connection when it is told to', async () => {
    const { transport, links, states, waits, advance } = createFake();
    transport.reset?.('nothing is open yet');
    expect(states.at(-1)?.status).toBe('connecting');
    links[0]?.open();
    transport.reset?.('the reader answers no more');
    await Promise.resolve();
    expect(states.at(-1)).toEqual({
      ...{ status: 'waiting', code: 'CONNECTION_LOST', reason: 'the reader answers no more' },
    });
    await advance(waits.at(-1) ?? 0);
    expect(links).toHaveLength(2);
  });

  it('holds its connection back', () => {
    const { transport, held } = createFake();
    transport.pause?.();
    transport.resume?.();
    expect(held).toEqual(['pause', 'resume']);
  });

  it('begins anew after a steady connection, not after a flapping one', async () => {
    const { links, waits, advance, lose } = createFake();
    const openAndLoseAfter = async (ms: number) => {
      links.at(-1)?.open();
      await advance(ms);
      await lose();
      await advance(waits.at(-1) ?? 0);
    };
    await openAndLoseAfter(10);
    await openAndLoseAfter(10);
    await openAndLoseAfter(60_000);
    expect(waits).toEqual([100, 200, 100]);
  });

  it('tells each state once', async () => {
    const { states, waits, advance, lose } = createFake();
    for (let i = 0; i < 3; i++) {
      await lose('PORT_MISSING');
      await advance(waits.at(-1) ?? 0);
    }
    expect(states.map(({ status, code }) => [status, code])).toEqual([
      ['connecting', null],
      ['waiting', 'PORT_MISSING'],
    ]);
  });

  it('hears nothing more of a link it has lost', async () => {
    const { links, states, lose } = createFake();
    await lose();
    links[0]?.open();
    links[0]?.lost(new TransportError('CONNECTION_LOST', 'again'));
    expect(states.map(({ status }) => status)).toEqual(['connecting', 'waiting']);
  });

  it('does not try again once stopped', async () => {
    const { transport, links, advance, lose } = createFake();
    await lose();
    await transport.stop();
    await advance(10_000);
    expect(links).toHaveLength(1);
    expect(() => transport.start({ chunk: () => {}, state: () => {} })).toThrow(TypeError);
  });
});
