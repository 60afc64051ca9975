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
  const transport = createReconnectingTransport(
    (listener) => {
      links.push(listener);
      return { write: async () => {}, close: async () => {} };
    },
    {
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
  return { transport, links, states, waits, advance, lose };
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

  it.each(['PORT_MISSING', 'PORT_LOST'] as const)(
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
