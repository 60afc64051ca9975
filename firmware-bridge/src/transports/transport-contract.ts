/**
 * What every transport to a live device keeps. The device's end is the suite's to bring.
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Transport, TransportState } from './transport.ts';

export interface DeviceEnd {
  /** New, and not started. It retries fast. */
  readonly transport: Transport;
  send(bytes: Uint8Array): void;
  /** All the device has got so far. */
  received(): Uint8Array;
  /** The line is cut, as by pulling a plug. */
  unplug(): Promise<void>;
  /** The same address is there again. */
  replug(): Promise<void>;
  /** Stops the transport and takes the device away. */
  close(): Promise<void>;
}

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

/** What a started transport tells, and waiting for it. */
export function listenTo(transport: Transport) {
  const states: TransportState[] = [];
  const bytes: number[] = [];
  const seen = Promise.withResolvers<void>();
  let wake = seen;
  const wakeUp = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  transport.start({
    chunk: (chunk) => {
      for (const byte of chunk) bytes.push(byte);
      wakeUp();
    },
    state: (state) => {
      states.push(state);
      wakeUp();
    },
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await wake.promise;
  };
  return {
    states,
    bytes,
    statuses: () => states.map((state) => state.status),
    until,
    untilOpen: () => until(() => states.at(-1)?.status === 'open'),
    untilWaiting: () => until(() => states.at(-1)?.status === 'waiting'),
    untilBytes: (count: number) => until(() => bytes.length >= count),
  };
}

export function testTransport(name: string, createDevice: () => Promise<DeviceEnd>): void {
  const test = (title: string, body: (device: DeviceEnd) => Promise<void>) =>
    it(title, async () => {
      const device = await createDevice();
      try {
        await body(device);
      } finally {
        await device.close();
      }
    });

  describe(`transport ${name}`, () => {
    test('opens, and delivers every byte as it was sent', async (device) => {
      const told = listenTo(device.transport);
      await told.untilOpen();
      expect(told.statuses()).toEqual(['connecting', 'open']);
      device.send(EVERY_BYTE);
      await told.untilBytes(256);
      expect(Uint8Array.from(told.bytes)).toEqual(EVERY_BYTE);
    });

    test('keeps the order of many chunks', async (device) => {
      const told = listenTo(device.transport);
      await told.untilOpen();
      // A pseudo-terminal holds 4 KiB: the next piece goes when the last has come.
      for (let sent = 0; sent < 32; sent++) {
        device.send(Uint8Array.from({ length: 1024 }, (_, i) => (i * 7 + sent) % 251));
        await told.untilBytes(1024 * (sent + 1));
      }
      const due = Array.from(
        { length: 32 * 1024 },
        (_, i) => ((i % 1024) * 7 + Math.floor(i / 1024)) % 251,
      );
      expect(told.bytes).toEqual(due);
    });

    test('writes every byte to the device', async (device) => {
      const told = listenTo(device.transport);
      await told.untilOpen();
      await device.transport.write(EVERY_BYTE);
      await expect.poll(() => device.received()).toEqual(EVERY_BYTE);
    });

    test('refuses to write before it is open', async (device) => {
      await expect(device.transport.write(EVERY_BYTE)).rejects.toMatchObject({ code: 'NOT_OPEN' });
    });

    test('tells a lost line with its reason, and finds it again', async (device) => {
      const told = listenTo(device.transport);
      await told.untilOpen();
      await device.unplug();
      await told.untilWaiting();
      expect(told.states.at(-1)?.reason).not.toBeNull();
      expect(told.states.at(-1)?.code).not.toBeNull();
      await expect(device.transport.write(EVERY_BYTE)).rejects.toMatchObject({ code: 'NOT_OPEN' });
      await device.replug();
      await told.untilOpen();
      device.send(EVERY_BYTE);
      await told.untilBytes(256);
    });

    test('waits for a device that is not there yet', async (device) => {
      await device.unplug();
      const told = listenTo(device.transport);
      await told.untilWaiting();
      await device.replug();
      await told.untilOpen();
    });

    test('says closed when stopped, and nothing after', async (device) => {
      const told = listenTo(device.transport);
      await told.untilOpen();
      await device.transport.stop();
      await device.transport.stop();
      expect(told.statuses()).toEqual(['connecting', 'open', 'closed']);
      device.send(EVERY_BYTE);
      await new Promise((resolve) => setImmediate(resolve));
      expect(told.bytes).toEqual([]);
    });

    test('stops while it is still trying', async (device) => {
      await device.unplug();
      const told = listenTo(device.transport);
      await told.untilWaiting();
      await device.transport.stop();
      expect(told.statuses().at(-1)).toBe('closed');
    });

    test('starts once', async (device) => {
      listenTo(device.transport);
      expect(() => listenTo(device.transport)).toThrow(TypeError);
    });
  });
}
