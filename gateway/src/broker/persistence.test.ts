import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createPersistence, type Dropped, type PersistenceParts } from './persistence.ts';

describe('what aedes demands of a persistence', () => {
  // The contract suite that aedes-persistence ships, with node's assertions put where it looks for them.
  const require = createRequire(import.meta.url);
  const contract = require('aedes-persistence/abstract.js');
  const assert = require('node:assert');
  contract({
    test: (title: string, run: (t: object) => Promise<void>) =>
      it(title, () => run({ assert, plan() {}, diagnostic() {} })),
    persistence: () => createTestPersistence(),
    testAsync: true,
  });
});

describe('what is kept', () => {
  it('is bounded for each client, and what finds no room is counted', async () => {
    const persistence = createTestPersistence({ queuedMessages: 3 });
    await persistence.addSubscriptions({ id: 'a:1' }, [{ topic: 't', qos: 1 }]);
    const subscribers = await persistence.subscriptionsByTopic('t');
    for (let number = 1; number <= 5; number++) {
      await persistence.outgoingEnqueueCombi(subscribers, message(number));
    }
    expect(persistence.queues.list('a:1').map((packet) => packet.brokerCounter)).toEqual([1, 2, 3]);
    expect(persistence.droppedSoFar).toEqual(['queued', 'queued']);
    expect(persistence.queues.wasRefused('a:1', 4)).toBe(true);
  });

  it('by bytes too, of one client', async () => {
    const persistence = createTestPersistence({ queuedBytes: 1_000 });
    for (const number of [1, 2]) {
      await persistence.outgoingEnqueue({ clientId: 'a:1' }, message(number, 500));
    }
    expect(persistence.queues.usage('a:1').messages).toBe(1);
    expect(persistence.queues.totalBytes).toBeLessThan(1_000);
  });

  it('gives its place back when it is acknowledged', async () => {
    const persistence = createTestPersistence();
    await persistence.outgoingEnqueue({ clientId: 'a:1' }, message(1));
    await persistence.outgoingUpdate({ id: 'a:1' }, { ...message(1), messageId: 7 });
    await persistence.outgoingClearMessageId({ id: 'a:1' }, { cmd: 'puback', messageId: 7 });
    expect(persistence.queues.totalBytes).toBe(0);
    expect(persistence.queues.list('a:1')).toEqual([]);
  });

  it('keeps a message on its way when a second copy of it is not sent', async () => {
    const persistence = createTestPersistence();
    await persistence.outgoingEnqueue({ clientId: 'a:1' }, message(1));
    persistence.queues.underWay('a:1', 1);
    await persistence.outgoingClearMessageId({ id: 'a:1' }, message(1));
    expect(persistence.queues.list('a:1')).toHaveLength(1);
  });

  it('has no subscription that was refused, though aedes hands it over', async () => {
    const persistence = createTestPersistence({ maySubscribe: (_, filter) => filter === 'mine' });
    const wanted = [
      { topic: 'mine', qos: 1 },
      { topic: '$share/x/others', qos: 1 },
    ];
    await persistence.addSubscriptions({ id: 'a:1' }, wanted);
    expect(await persistence.subscriptionsByClient({ id: 'a:1' })).toEqual([wanted[0]]);
  });

  it('lets the session that is away for longest go when there are too many', async () => {
    const isConnected = (id: string) => id === 'a:1';
    const persistence = createTestPersistence({ maxSessions: 2, isConnected });
    for (const id of ['a:1', 'a:2', 'a:3']) {
      await persistence.addSubscriptions({ id }, [{ topic: 't', qos: 1 }]);
    }
    expect(persistence.sessions()).toEqual(['a:1', 'a:3']);
    expect(persistence.droppedSoFar).toEqual(['session']);
  });

  it('is at most 8 MiB of retained messages', async () => {
    const persistence = createTestPersistence();
    for (let number = 0; number < 40; number++) {
      const payload = Buffer.alloc(256 * 1024);
      await persistence.storeRetained({ cmd: 'publish', topic: `t/${number}`, payload });
    }
    expect(persistence.retained.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(persistence.droppedSoFar.length).toBeGreaterThan(0);
    for (let number = 0; number < 40; number++) {
      await persistence.storeRetained({
        cmd: 'publish',
        topic: `t/${number}`,
        payload: Buffer.alloc(0),
      });
    }
    expect(persistence.retained).toEqual({ messages: 0, bytes: 0 });
  });
});

function message(brokerCounter: number, bytes = 10) {
  const payload = Buffer.alloc(bytes, 1);
  return { cmd: 'publish', topic: 't', payload, qos: 1, brokerId: 'b', brokerCounter };
}

function createTestPersistence(parts: Partial<PersistenceParts> = {}) {
  const dropped: Dropped[] = [];
  const persistence = createPersistence({
    queuedMessages: 1_000,
    queuedBytes: 1_000_000,
    maxSessions: 100,
    maySubscribe: () => true,
    isConnected: () => false,
    dropped: (what) => dropped.push(what),
    ...parts,
  });
  return Object.assign(persistence, { droppedSoFar: dropped });
}
