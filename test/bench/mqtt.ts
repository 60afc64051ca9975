/**
 * Messages of devices through the whole gateway, beside mosquitto on the same machine in the same run: QoS 1, 200 bytes,
 * from a socket to a PUBACK. The gateway's messages are parsed, become readings and are synced to the disk before their
 * PUBACK; mosquitto's stay in its memory.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initBrokerSite, isListening, runBrokerSite } from '../testing/broker-site.ts';
import { NODE } from '../testing/sigill-process.ts';
import { eventually, freePort } from '../testing/waiting.ts';
import type { LoadOptions, LoadReport } from './mqtt-load.ts';
import { type PartShare, readProfiles } from './profile.ts';

export interface MqttCase {
  readonly title: string;
  readonly publishers: number;
  readonly window: number;
}

export interface BrokerReport extends LoadReport {
  /** Of the processor for one message, by the broker's process. */
  readonly brokerMicroseconds: number;
}

export interface MqttReport extends MqttCase {
  readonly gateway: BrokerReport;
  /** Null: it is not installed. */
  readonly mosquitto: BrokerReport | null;
}

export const MQTT_CASES: readonly MqttCase[] = [
  { title: '100 publishers, one message each under way', publishers: 100, window: 1 },
  { title: '4 publishers, 50 messages each under way', publishers: 4, window: 50 },
];
const MOSQUITTO = '/usr/sbin/mosquitto';
const PAYLOAD_BYTES = 200;

export interface MqttBenchOptions {
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly isProfiled: boolean;
}

export interface MqttBench {
  readonly reports: readonly MqttReport[];
  readonly spent: readonly PartShare[];
}

export async function benchMqtt(options: MqttBenchOptions): Promise<MqttBench> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-bench-'));
  try {
    const gateway = await startGateway(directory, options.isProfiled);
    const mosquitto = existsSync(MOSQUITTO) ? await startMosquitto(directory) : null;
    const reports: MqttReport[] = [];
    for (const one of MQTT_CASES) {
      // Side by side they would share the processor: one after the other, the other idle.
      reports.push({
        ...one,
        gateway: await measure(gateway, one, options),
        mosquitto: mosquitto && (await measure(mosquitto, one, options)),
      });
    }
    await mosquitto?.stop();
    await gateway.stop();
    return { reports, spent: options.isProfiled ? readProfiles(join(directory, 'profile')) : [] };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface RunningBroker {
  readonly port: number;
  readonly pid: number;
  readonly username?: string;
  readonly password?: string;
  stop(): Promise<unknown>;
}

export async function startGateway(directory: string, isProfiled: boolean): Promise<RunningBroker> {
  const site = await initBrokerSite(directory, 'bench/+/up', {
    limits: { messagesPerSecond: 1_000_000, bytesPerSecond: 1_000_000_000 },
    options: { rest: 'drop', 'field.humidity': '/humidity %RH' },
    commitWindowMs: 2,
  });
  const flags = isProfiled ? ['--cpu-prof', '--cpu-prof-dir', join(directory, 'profile')] : [];
  const { child, stop } = await runBrokerSite(site, flags);
  return {
    port: site.port,
    pid: child.pid!,
    username: site.username,
    password: site.password,
    stop,
  };
}

async function startMosquitto(directory: string): Promise<RunningBroker> {
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  const lines = [
    ...[`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'set_tcp_nodelay true'],
    ...['max_inflight_messages 0', 'max_queued_messages 0', 'persistence false', 'log_dest none'],
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child: ChildProcess = spawn(MOSQUITTO, ['-c', file], { stdio: 'ignore' });
  await eventually('mosquitto listens', () => isListening(port));
  return {
    port,
    pid: child.pid!,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill();
      }),
  };
}

async function measure(
  { port, pid, username, password }: RunningBroker,
  { publishers, window }: MqttCase,
  { warmUpMs, measuredMs }: MqttBenchOptions,
): Promise<BrokerReport> {
  const options: LoadOptions = {
    ...{ port, publishers, window, warmUpMs, measuredMs, payloadBytes: PAYLOAD_BYTES },
    ...(username && password && { username, password }),
  };
  const before = processorSeconds(pid);
  const report = await runLoad(options);
  const used = processorSeconds(pid) - before;
  const share = report.messages * ((warmUpMs + measuredMs) / measuredMs);
  return { ...report, brokerMicroseconds: (used / share) * 1e6 };
}

export function runLoad(options: LoadOptions): Promise<LoadReport> {
  const script = join(import.meta.dirname, 'mqtt-load.ts');
  const child = spawn(NODE, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(said) as LoadReport);
      else reject(new Error(`the load ended with ${code}`));
    });
  });
}

/** User and system time of a process so far, as the kernel counts it in hundredths of a second. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
