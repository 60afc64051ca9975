/**
 * A site with two boxes, as two technicians leave it: a cloud with its operator, a gateway let in by it with a broker
 * over TLS, and an agent on a box of its own, let in at the gateway, with a meter on its cable.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { parseDocument } from 'yaml';
import { done, type } from './commands-fixture.ts';
import { type EnrollingCloud, makeEnrollingCloud, shown } from './enrolling-cloud.ts';
import { p1Telegram, p1Time } from './p1-telegram.ts';
import { type RunningSigill, startSigill } from './sigill-process.ts';
import { eventually, freePort } from './waiting.ts';

export interface RemoteSite {
  readonly cloud: EnrollingCloud;
  readonly origin: string;
  readonly gatewayFolder: string;
  readonly agentFolder: string;
  readonly meter: PseudoTerminal;
  /** Runs `sigill gateway run` in a process of its own, until it says so. */
  startGateway(options?: { flags?: readonly string[] }): Promise<RunningSigill>;
  startAgent(options?: { folder?: string; flags?: readonly string[] }): Promise<RunningSigill>;
  /** The meter speaks once. */
  speak(kilowatts: string): Promise<void>;
  /** The meter speaks each half second until the cloud has a reading of this power. */
  speakUntilHeard(kilowatts: string, agent?: string): Promise<HeardReading>;
  /** Asked of the cloud. */
  text(path: string): Promise<string>;
  json(path: string): Promise<Record<string, never>>;
  remove(): Promise<void>;
}

export interface HeardReading {
  readonly agent: string;
  readonly seq: number;
  readonly n: number;
  readonly source: string;
  readonly state: string;
}

export const METER = '4530303331303033303031363939353135';
const POWER = 'power.import';

export async function makeRemoteSite(): Promise<RemoteSite> {
  const cloud = await makeEnrollingCloud();
  await cloud.start();
  const running: RunningSigill[] = [];
  const gatewayFolder = await cloud.box('house-17');
  await cloud.letIn(gatewayFolder);
  const gatewayFile = join(gatewayFolder, 'gateway.yaml');
  const [enrolPort, brokerPort] = [await freePort(), await freePort()];
  await edit(gatewayFile, {
    enrol: { host: '127.0.0.1', port: enrolPort, tls: {} },
    broker: { listen: [{ host: '0.0.0.0', port: brokerPort, tls: {} }] },
    batch: { ageMs: 300 },
    checkpoint: { intervalMs: 500 },
    // A minute each is right for a site, and long for a test.
    cloud: { startWaitMs: 15_000, recordsMs: 1_000 },
  });
  const { origin } = parseDocument(await readFile(gatewayFile, 'utf8')).toJS();

  async function start(
    words: readonly string[],
    says: string,
    flags: readonly string[] = [],
  ): Promise<RunningSigill> {
    const part = startSigill(words, { flags });
    running.push(part);
    await eventually(`${words.slice(0, 2).join(' ')} runs`, async () => {
      if (part.said().includes(says)) return true;
      const ended = part.child.exitCode === null ? '' : 'it ended: ';
      throw new Error(`${ended}${part.said()}`);
    });
    return part;
  }

  const startGateway: RemoteSite['startGateway'] = ({ flags = [] } = {}) =>
    start(['gateway', 'run', gatewayFile], 'runs as process', flags);
  const gateway = await startGateway();
  const meter = await openPseudoTerminal();
  const agentFolder = join(cloud.directory, 'barn');
  const source = ['--source', `barn=dsmr-p1:${meter.path}`];
  await done('agent', 'init', agentFolder, '--name', 'barn', ...source);
  await edit(join(agentFolder, 'agent.yaml'), { batch: { ageMs: 300 } });
  const invited = JSON.parse(await done('gateway', 'invite', gatewayFile, '--json'));
  const asking = type('agent', 'enroll', invited.url, invited.code, agentFolder);
  const [fingerprint = ''] = await shown(asking);
  await eventually('the operator is asked', async () => (await cloud.waiting()).length > 0);
  await cloud.approve(fingerprint);
  const { code, err } = await asking.ended;
  if (code !== 0) throw new Error(err);
  await gateway.stop();

  async function speak(kilowatts: string): Promise<void> {
    meter.write(p1Telegram({ meter: METER, kilowatts, time: p1Time(Date.now()) }));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  async function text(path: string): Promise<string> {
    await cloud.running().core.idle();
    return ask(cloud.url + path);
  }
  const json = async (path: string) => JSON.parse(await text(path));
  return {
    ...{ cloud, origin, gatewayFolder, agentFolder, meter, startGateway, speak, text, json },
    startAgent: ({ folder = agentFolder, flags = [] } = {}) =>
      start(['agent', 'run', join(folder, 'agent.yaml')], 'runs as process', flags),
    speakUntilHeard: (kilowatts, agent) =>
      eventually(`the cloud has ${kilowatts} kW`, async () => {
        await speak(kilowatts);
        const { readings } = (await json('/api/v1/readings?limit=50')) as unknown as Readings;
        const value = String(Number(kilowatts));
        return readings.find(
          (reading) =>
            (agent === undefined || reading.agent === agent) &&
            reading.fields.some(({ name, value: found }) => name === POWER && found === value),
        );
      }),
    async remove() {
      for (const part of running.toReversed()) await part.stop();
      await meter.close();
      await cloud.remove();
    },
  };
}

interface Readings {
  readonly readings: readonly (HeardReading & {
    readonly fields: readonly { readonly name: string; readonly value: string }[];
  })[];
}

export async function edit(file: string, changes: Record<string, unknown>): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [key, value] of Object.entries(changes)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [inner, one] of Object.entries(value)) document.setIn([key, inner], one);
    } else document.set(key, value);
  }
  await writeFile(file, document.toString());
}

/** The cloud's certificate is nobody's but its own. */
async function ask(url: string): Promise<string> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve(text));
    });
    asked.once('error', reject).end();
  });
}
