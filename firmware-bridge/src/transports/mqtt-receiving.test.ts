import type { IPublishPacket } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { createReceiving } from './mqtt-receiving.ts';
import { createSenderMemory, type SenderMemory } from './mqtt-repeats.ts';

/** What mqtt.js hands over and hears, and a listener that says later what is safe. */
function createConnection(memory: SenderMemory<boolean> = createSenderMemory()) {
  const taken: { payload: number; settle(isSafe: boolean): void }[] = [];
  const acknowledged: number[] = [];
  const state = { asked: 0, notTaken: 0, isOpen: true };
  const receive = createReceiving({
    take: (_topic, bytes) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      taken.push({ payload: bytes[0]!, settle: resolve });
      return promise;
    },
    send(bytes) {
      if (!state.isOpen) return false;
      for (let at = 0; at < bytes.length; at += 4) acknowledged.push(bytes[at + 3]!);
      return true;
    },
    notTaken() {
      state.notTaken += 1;
      state.isOpen = false;
    },
    memory,
  });
  return {
    ...{ taken, acknowledged, state, memory },
    say(id: number, flags: Partial<IPublishPacket> = {}) {
      const packet = { cmd: 'publish', topic: 'a', qos: 1, retain: false, dup: false } as const;
      const payload = Buffer.alloc(flags.length ?? 1, id);
      receive({ ...packet, payload, messageId: id, ...flags }, () => {
        state.asked += 1;
      });
    },
    /** All that has been said of safety has come through by then. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe('messages of a broker', () => {
  it('are on their way together, and acknowledged in the order they came', async () => {
    const { say, taken, acknowledged, settled, state } = createConnection();
    for (const id of [1, 2, 3]) say(id);
    expect(taken.map(({ payload }) => payload)).toEqual([1, 2, 3]);
    expect(state.asked).toBe(3);
    taken[2]!.settle(true);
    taken[1]!.settle(true);
    await settled();
    expect(acknowledged).toEqual([]);
    taken[0]!.settle(true);
    await settled();
    expect(acknowledged).toEqual([1, 2, 3]);
  });

  it.each([
    ['256 messages', 256, 1],
    ['a mebibyte', 4, 262_144],
  ])(
    'are %s at once: then no more are asked for until one is acknowledged',
    async (_, most, length) => {
      const { say, taken, settled, state } = createConnection();
      for (let id = 1; id <= most; id++) say(id % 256, { length });
      expect(state.asked).toBe(most - 1);
      taken[1]!.settle(true);
      await settled();
      expect(state.asked).toBe(most - 1);
      taken[0]!.settle(true);
      await settled();
      expect(state.asked).toBe(most);
    },
  );

  it('of QoS 0 are waited for, and not acknowledged', async () => {
    const { say, taken, acknowledged, settled } = createConnection();
    say(1, { qos: 0 });
    say(2);
    taken[1]!.settle(true);
    await settled();
    expect(acknowledged).toEqual([]);
    taken[0]!.settle(true);
    await settled();
    expect(acknowledged).toEqual([2]);
  });

  it('that were retained are acknowledged in their turn, and not taken', async () => {
    const { say, taken, acknowledged, settled } = createConnection();
    say(1);
    say(2, { retain: true });
    expect(acknowledged).toEqual([]);
    taken[0]!.settle(true);
    await settled();
    expect(acknowledged).toEqual([1, 2]);
    expect(taken).toHaveLength(1);
  });

  it('behind one that is not safe are not acknowledged, and the connection ends', async () => {
    const { say, taken, acknowledged, settled, state } = createConnection();
    for (const id of [1, 2, 3]) say(id);
    taken[0]!.settle(true);
    taken[1]!.settle(false);
    taken[2]!.settle(true);
    await settled();
    expect(acknowledged).toEqual([1]);
    expect(state.notTaken).toBe(1);
  });

  it('of QoS 2 are left to mqtt.js when they are safe', async () => {
    const { say, taken, acknowledged, settled, state } = createConnection();
    say(1, { qos: 2 });
    expect(state.asked).toBe(0);
    taken[0]!.settle(true);
    await settled();
    expect(state.asked).toBe(1);
    expect(acknowledged).toEqual([]);
  });
});

describe('messages that a broker sends again with DUP', () => {
  it('are taken once, though the connection ended before their PUBACK', async () => {
    const before = createConnection();
    for (const id of [1, 2, 3]) before.say(id);
    before.taken[1]!.settle(true);
    before.taken[2]!.settle(true);
    before.state.isOpen = false;
    await before.settled();
    const again = createConnection(before.memory);
    for (const id of [1, 2, 3]) again.say(id, { dup: true });
    again.say(4);
    expect(again.taken.map(({ payload }) => payload)).toEqual([4]);
    await again.settled();
    expect(again.acknowledged).toEqual([]);
    before.taken[0]!.settle(true);
    await again.settled();
    expect(again.acknowledged).toEqual([1, 2, 3]);
  });

  it('are taken again when they were not safe', async () => {
    const before = createConnection();
    before.say(1);
    before.taken[0]!.settle(false);
    await before.settled();
    const again = createConnection(before.memory);
    again.say(1, { dup: true });
    expect(again.taken).toHaveLength(1);
  });
});
