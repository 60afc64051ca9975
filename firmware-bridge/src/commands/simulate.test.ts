import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { writeQuestion } from '../energy/modbus-meter/adu.ts';
import { modbusMeter } from '../energy/modbus-meter/modbus-meter.ts';
import { mqttJson } from '../mqtt-json/mqtt-json.ts';
import { runSession } from '../testing/driver-contract.ts';
import { createBrokerFake } from '../transports/mqtt-broker-fake.ts';
import { createSerialTransport } from '../transports/serial.ts';
import { decode } from './decode.ts';
import { simulate } from './simulate.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A command that runs until it is stopped, with the first line it prints. */
async function start(args: readonly string[]) {
  const stop = new AbortController();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const done = simulate.run(args, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: {},
    signal: stop.signal,
  });
  ends.push(async () => {
    stop.abort();
    await done;
  });
  const firstLine = async () => String((await once(stdout, 'data'))[0]).trim();
  return { done, firstLine, stop, stderr };
}

const QUESTION = writeQuestion('rtu', { address: 1, read: 4, start: 0, count: 2, transaction: 0 });

const voltageIn = (answer: Uint8Array) =>
  runSession(modbusMeter, {}, [QUESTION, answer]).observations[0]?.fields['voltage.l1']?.unit;

describe('sigill simulate', () => {
  it('listens as a serial server does, and answers each connection', async () => {
    const { firstLine } = await start(['modbus-meter', '--to', 'tcp:127.0.0.1:0']);
    const port = Number((await firstLine()).split(':').at(-1));
    for (let n = 0; n < 2; n++) {
      const socket = connect({ host: '127.0.0.1', port });
      socket.write(QUESTION);
      const [answer] = await once(socket, 'data');
      expect(voltageIn(answer)).toBe('V');
      socket.destroy();
    }
  });

  it('speaks to who is connected', async () => {
    const { firstLine } = await start(['dsmr-p1', '--to', 'tcp:0', '--interval', '20']);
    const port = Number((await firstLine()).split(':').at(-1));
    const socket = connect({ host: '127.0.0.1', port });
    const [bytes] = await once(socket, 'data');
    expect(String(bytes)).toMatch(/^\/SGL5/);
    socket.destroy();
  });

  it('hears through a pseudo-terminal', async () => {
    const { firstLine } = await start(['modbus-meter', '--to', 'pty']);
    const transport = createSerialTransport({ path: await firstLine(), baudRate: 9600 });
    ends.unshift(() => transport.stop());
    const heard: number[] = [];
    await new Promise<void>((resolve) =>
      transport.start({
        chunk: (bytes) => heard.push(...bytes),
        state: ({ status }) => status === 'open' && resolve(),
      }),
    );
    await transport.write(QUESTION);
    await expect.poll(() => heard.length).toBe(9);
    expect(voltageIn(Uint8Array.from(heard))).toBe('V');
  });

  it('publishes until it is acknowledged, under its own topic', async () => {
    const broker = await createBrokerFake();
    ends.push(() => broker.unplug());
    const folder = mkdtempSync(join(tmpdir(), 'sigill-simulate-'));
    ends.push(async () => rmSync(folder, { recursive: true }));
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'secret\n');
    const { done } = await start([
      ...['mqtt-json', '--to', `mqtt://plug@127.0.0.1:${broker.port}`, '--count', '2'],
      ...['--interval', '0', '--password-file', passwordFile],
    ]);
    expect(await done).toBe(0);
    const text = String.fromCharCode(...broker.received);
    expect(text.match(/"Power":/g)).toHaveLength(2);
    expect(broker.topics).toEqual(['tele/plug-1/SENSOR', 'tele/plug-1/SENSOR']);
    const first = text.slice(0, text.indexOf('}}') + 2);
    const session = mqttJson.createSession({ profile: 'tasmota' });
    const bytes = new TextEncoder().encode(first);
    const [told] = session.receive({ bytes, topic: broker.topics[0]! }, 0).observations;
    expect(told?.device).toBe('plug-1');
  });

  it('goes on when the broker comes back', async () => {
    const broker = await createBrokerFake();
    await broker.unplug();
    const { done, stderr } = await start([
      ...['chirpstack', '--to', `mqtt://127.0.0.1:${broker.port}`, '--count', '1'],
      ...['--topic', 'my/bin'],
    ]);
    expect(String((await once(stderr, 'data'))[0])).toContain('nobody listens there');
    await broker.replug();
    ends.push(() => broker.unplug());
    expect(await done).toBe(0);
    expect(broker.topics).toEqual(['my/bin']);
  });

  it('needs a topic where the device has none', async () => {
    const broker = await createBrokerFake();
    ends.push(() => broker.unplug());
    const to = `mqtt://127.0.0.1:${broker.port}`;
    const { done, stderr } = await start(['dsmr-p1', '--to', to, '--count', '1']);
    expect(await done).toBe(3);
    expect(String(stderr.read())).toContain('--topic is needed');
  });

  it('prints messages as decode reads them, a line each', async () => {
    const stdout = new PassThrough();
    const io = { stderr: new PassThrough(), env: {}, signal: new AbortController().signal };
    const args = ['chirpstack', '--to', '-', '--count', '3', '--interval', '0'];
    const stdin = Readable.from([]);
    expect(await simulate.run(args, { ...io, stdin, stdout })).toBe(0);
    stdout.end();
    const told = new PassThrough();
    const options = ['--driver', 'chirpstack', '--option', 'codec=milesight-udl'];
    expect(await decode.run(options, { ...io, stdin: stdout, stdout: told })).toBe(0);
    const lines = String(told.read()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(['level', 'level', 'level']);
  });

  it.each([
    [['dsmr-p1', '--to', 'tcp:nowhere'], /tcp:HOST:PORT is needed/],
    [['dsmr-p1', '--to', 'mqtt://'], /a broker is mqtt:\/\/host:1883/],
  ])('says what is wrong with %j', async (args, message) => {
    const { done, stderr } = await start(args);
    expect(await done).toBe(3);
    expect(String(stderr.read())).toMatch(message);
  });
});
