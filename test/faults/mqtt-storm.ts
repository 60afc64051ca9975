/**
 * Many devices, each with a password of its own, whose gateway is killed and started again: how long until all are back.
 * Each comes back by itself, after a wait drawn anew between nothing and a bound that doubles (full jitter).
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type BrokerSite, initBrokerSite, runBrokerSite } from '../testing/broker-site.ts';
import { createRandom } from '../testing/random.ts';
import { eventually } from '../testing/waiting.ts';

export interface StormReport {
  readonly devices: number;
  /** From the moment the gateway listened until the last device was connected. */
  readonly firstMs: number;
  readonly againMs: number;
  /** Attempts to connect again, of all devices. */
  readonly attempts: number;
  readonly residentMb: number;
}

const FIRST_BACK_OFF_MS = 500;
const MOST_BACK_OFF_MS = 30_000;
const PATIENCE_MS = 120_000;

export async function stormMqtt(options: {
  readonly devices: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<StormReport> {
  const random = createRandom(options.seed);
  const directory = await mkdtemp(join(tmpdir(), 'sigill-storm-'));
  const stopping = new AbortController();
  try {
    const site = await initBrokerSite(directory, 'storm/+/up');
    addDevices(site, options.devices);
    const first = await runBrokerSite(site);
    let began = performance.now();
    const devices = Array.from({ length: options.devices }, (_, index) =>
      startDevice(site, `device-${index}`, random, stopping.signal),
    );
    await allConnected(devices);
    const firstMs = Math.round(performance.now() - began);
    options.say(`${devices.length} devices connected after ${firstMs} ms`);
    const before = attemptsOf(devices);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await runBrokerSite(site);
    began = performance.now();
    await allConnected(devices);
    const againMs = Math.round(performance.now() - began);
    const attempts = attemptsOf(devices) - before;
    options.say(`all are back after ${againMs} ms and ${attempts} attempts`);
    const residentMb = residentMbOf(second.child.pid!);
    stopping.abort();
    await Promise.all(devices.map(({ ended }) => ended));
    await second.stop();
    return { devices: devices.length, firstMs, againMs, attempts, residentMb };
  } finally {
    stopping.abort();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Device {
  readonly isConnected: boolean;
  readonly attempts: number;
  readonly ended: Promise<void>;
}

function startDevice(
  { port, password }: BrokerSite,
  username: string,
  random: () => number,
  signal: AbortSignal,
): Device {
  const device = { isConnected: false, attempts: 0, ended: Promise.resolve() };

  async function run(): Promise<void> {
    for (let failed = 0; !signal.aborted; failed++) {
      const most = Math.min(MOST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failed);
      await sleep(random() * most, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      device.attempts += 1;
      const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
        ...{ username, password, clientId: username, reconnectPeriod: 0, keepalive: 30 },
      });
      if (await untilClosed(client)) failed = 0;
    }
  }

  /** Whether it was connected meanwhile. */
  function untilClosed(client: MqttClient): Promise<boolean> {
    const stop = () => client.end(true);
    signal.addEventListener('abort', stop);
    let wasConnected = false;
    client.on('error', () => undefined);
    client.once('connect', () => {
      wasConnected = true;
      device.isConnected = true;
    });
    return new Promise((resolve) => {
      client.once('close', () => {
        device.isConnected = false;
        signal.removeEventListener('abort', stop);
        client.end(true);
        resolve(wasConnected);
      });
    });
  }

  device.ended = run();
  return device;
}

async function allConnected(devices: readonly Device[]): Promise<void> {
  const check = async () => devices.every(({ isConnected }) => isConnected);
  await eventually('all devices', check, PATIENCE_MS);
}

function attemptsOf(devices: readonly Device[]): number {
  return devices.reduce((sum, { attempts }) => sum + attempts, 0);
}

/**
 * To the one client that was added, as many with the same password: each hash must be derived by itself all the same.
 */
function addDevices({ directory }: BrokerSite, count: number): void {
  const path = join(directory, 'keys/broker-clients.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const [one] = file.clients;
  for (let index = 0; index < count; index++)
    file.clients.push({ ...one, name: `device-${index}` });
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
}

function residentMbOf(pid: number): number {
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
