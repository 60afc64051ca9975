import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPseudoTerminal, type PseudoTerminal } from '../simulators/pseudo-terminal.ts';
import { systemTimers, type Timers } from './reconnecting.ts';
import { createSerialTransport, type SerialOptions } from './serial.ts';
import { type DeviceEnd, listenTo, testTransport } from './transport-contract.ts';

// The waits for a plug where chance is always this: no other time-out of a port is as long as one of them.
const CHANCE = 0.9;
const PLUG_WAITS_MS = new Set([250, 500, 1000, 1500].map((ms) => ms * CHANCE));
const FAST = { backOff: { firstMs: 20, maxMs: 50 }, watchMs: 50 };

/** A clock on which no try after a lost plug is ever due: it must be seen. Resolves `waits` when one is waited for. */
function createSlowTimers(): Timers & { readonly waits: Promise<void> } {
  const { promise: waits, resolve } = Promise.withResolvers<void>();
  return {
    ...systemTimers,
    waits,
    after(ms, call) {
      if (!PLUG_WAITS_MS.has(ms)) return systemTimers.after(ms, call);
      resolve();
      return () => {};
    },
  };
}

interface SerialEnd extends DeviceEnd {
  readonly path: string;
}

/** A link to a pseudo-terminal, as udev makes links to adapters: a new plug is a new device behind the same name. */
async function createSerialEnd(options: Partial<SerialOptions> = {}): Promise<SerialEnd> {
  const path = join(mkdtempSync(join(tmpdir(), 'sigill-port-')), 'port');
  const received: number[] = [];
  let terminal: PseudoTerminal | null = null;
  const plug = async () => {
    terminal = await openPseudoTerminal();
    terminal.onData((bytes) => received.push(...bytes));
    symlinkSync(terminal.path, path);
  };
  await plug();
  const transport = createSerialTransport({ path, baudRate: 115_200, parts: FAST, ...options });
  const unplug = async () => {
    rmSync(path, { force: true });
    await terminal?.close();
    terminal = null;
  };
  return {
    path,
    transport,
    send: (bytes) => terminal?.write(bytes),
    received: () => Uint8Array.from(received),
    unplug,
    replug: plug,
    close: async () => {
      await transport.stop();
      await unplug();
      rmSync(dirname(path), { recursive: true });
    },
  };
}

testTransport('serial', () => createSerialEnd());

const fake = (name: string) => new URL(`./${name}`, import.meta.url);

describe('serial transport', () => {
  it('says what is missing', async () => {
    const end = await createSerialEnd();
    await end.unplug();
    const told = listenTo(end.transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_MISSING' });
    expect(told.states.at(-1)?.reason).toContain(`there is no port ${end.path}`);
    await end.close();
  });

  it('says who holds a locked port, and takes it when it is free', async () => {
    const first = await createSerialEnd();
    const firstTold = listenTo(first.transport);
    await firstTold.untilOpen();
    const second = createSerialTransport({ path: first.path, baudRate: 9600, parts: FAST });
    const told = listenTo(second);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_LOCKED' });
    expect(told.states.at(-1)?.reason).toMatch(/is held by .*process \d+/);
    await first.transport.stop();
    await told.untilOpen();
    await second.stop();
    await first.close();
  });

  it('starts no process for a port that somebody holds', async () => {
    const first = await createSerialEnd();
    const firstTold = listenTo(first.transport);
    await firstTold.untilOpen();
    const second = createSerialTransport({
      ...{ path: first.path, baudRate: 9600 },
      parts: { ...FAST, childUrl: fake('no-such-program.ts') },
    });
    const told = listenTo(second);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_LOCKED' });
    await second.stop();
    await first.close();
  });

  it('sets the port as it is told', async () => {
    const end = await createSerialEnd({
      ...{ baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 2 },
      parts: { ...FAST, childUrl: fake('serial-child-settings-fake.ts') },
    });
    const told = listenTo(end.transport);
    await told.until(() => told.bytes.length > 0);
    expect(JSON.parse(Buffer.from(told.bytes).toString())).toEqual({
      ...{ path: end.path, baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 2 },
    });
    await end.close();
  });

  it('takes the adapter that is behind its name now, when nobody told that the old one went', async () => {
    const end = await createSerialEnd();
    const told = listenTo(end.transport);
    await told.untilOpen();
    const other = await openPseudoTerminal();
    rmSync(end.path);
    symlinkSync(other.path, end.path);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_LOST' });
    await told.untilOpen();
    other.write(Uint8Array.of(7));
    await told.untilBytes(1);
    expect(told.bytes).toEqual([7]);
    await end.close();
    await other.close();
  });

  it('opens a port as soon as it is there again', async () => {
    const timers = createSlowTimers();
    const slow = { backOff: FAST.backOff, random: () => CHANCE, watchMs: 50 };
    const end = await createSerialEnd({ parts: { ...slow, timers } });
    const told = listenTo(end.transport);
    await told.untilOpen();
    await end.unplug();
    // Not when it is told, but when the old holder of the port is gone: from then on it is watched for.
    await timers.waits;
    await end.replug();
    await told.untilOpen();
    await end.close();
  });

  it('reads no more than its holder has at hand while it is held back', async () => {
    const end = await createSerialEnd();
    const told = listenTo(end.transport);
    await told.untilOpen();
    end.transport.pause?.();
    let sent = 0;
    // What the holder may hand over untaken, and then nothing.
    await expect
      .poll(
        () => {
          const before = told.bytes.length;
          for (let i = 0; i < 8; i++) end.send(new Uint8Array(8192).fill(1));
          sent += 8 * 8192;
          return sent > 600_000 && told.bytes.length === before;
        },
        { interval: 50, timeout: 10_000 },
      )
      .toBe(true);
    const held = told.bytes.length;
    expect(held).toBeLessThan(400_000);
    end.transport.resume?.();
    await told.untilBytes(held + 1);
    await end.close();
  });

  it('says that a file is no serial port', async () => {
    const transport = createSerialTransport({ path: '/dev/null', baudRate: 9600, parts: FAST });
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({
      code: 'PORT_OPEN_FAILED',
      reason: '/dev/null is not a serial port',
    });
    await transport.stop();
  });

  it('goes on when the process that holds the port dies', async () => {
    const end = await createSerialEnd({
      parts: { ...FAST, childUrl: fake('serial-child-mortal-fake.ts') },
    });
    const told = listenTo(end.transport);
    await told.untilOpen();
    end.send(Uint8Array.of(0x04)); // the fake dies of it
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_LOST' });
    expect(told.states.at(-1)?.reason).toContain('died as told');
    await told.untilOpen();
    await end.close();
  });

  it('ends a process that no longer answers', async () => {
    const end = await createSerialEnd({
      parts: { ...FAST, childUrl: fake('serial-child-stuck-fake.ts') },
    });
    const told = listenTo(end.transport);
    await told.untilOpen();
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_STUCK' });
    await end.close();
  });

  it('notices at once that a port has hung up, though its name is still there', async () => {
    const holder = spawn(process.execPath, [fake('terminal-holder-fake.ts').pathname]);
    const [line] = await once(holder.stdout, 'data');
    const path = String(line).trim();
    const transport = createSerialTransport({
      ...{ path, baudRate: 9600 },
      parts: { ...FAST, watchMs: 60_000 },
    });
    const told = listenTo(transport);
    await told.untilOpen();
    holder.kill('SIGKILL');
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_LOST' });
    await transport.stop();
  });

  it('takes reads without bytes for a port that hung up', async () => {
    const end = await createSerialEnd({
      parts: { ...FAST, childUrl: fake('serial-child-zero-read-fake.ts') },
    });
    const told = listenTo(end.transport);
    await told.untilOpen();
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_LOST' });
    expect(told.states.at(-1)?.reason).toContain('it hung up');
    await end.close();
  });

  it('ends a process that turns in circles', async () => {
    const end = await createSerialEnd({
      parts: { ...FAST, childUrl: fake('serial-child-spinning-fake.ts') },
    });
    const told = listenTo(end.transport);
    await told.untilOpen();
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'PORT_SPINNING' });
    await end.close();
  });

  it('gives up a write that does not leave, and takes no more than it can hold', async () => {
    const end = await createSerialEnd({
      writeTimeoutMs: 100,
      parts: { ...FAST, childUrl: fake('serial-child-deaf-fake.ts') },
    });
    const told = listenTo(end.transport);
    await told.untilOpen();
    const slow = end.transport.write(new Uint8Array(60_000));
    await expect(end.transport.write(new Uint8Array(6000))).rejects.toMatchObject({
      code: 'WRITE_BACKLOG',
    });
    await expect(slow).rejects.toMatchObject({ code: 'WRITE_TIMEOUT' });
    await told.until(() => told.states.some((state) => state.code === 'WRITE_TIMEOUT'));
    await end.close();
  });

  it('leaves no process behind when its own is killed', async () => {
    const end = await createSerialEnd();
    const parent = spawn(process.execPath, [fake('serial-parent-fake.ts').pathname, end.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    const child = Number(String(line));
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(child), { timeout: 5000 }).toBe(false);
    await end.close();
  });

  it.each([
    [{ path: '' }, /path of a port/],
    [{ baudRate: 0 }, /baud rate/],
    [{ baudRate: Number.NaN }, /baud rate/],
  ])('refuses %o', (options, message) => {
    expect(() =>
      createSerialTransport({ path: '/dev/ttyUSB0', baudRate: 9600, ...options }),
    ).toThrow(message);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
