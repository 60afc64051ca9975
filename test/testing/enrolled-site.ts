/**
 * A cloud, a gateway with a broker, and an agent on a box of its own, let in as their operator lets them
 * in, each to be run as a process.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { done, type } from './commands-fixture.ts';
import { shown } from './enrolling-cloud.ts';
import { type RunningSigill, startSigill } from './sigill-process.ts';
import { eventually, freePort } from './waiting.ts';

export type PartName = 'cloud' | 'gateway' | 'agent';

export interface EnrolledSite {
  readonly url: string;
  readonly brokerPort: number;
  readonly files: Readonly<Record<PartName, string>>;
  /** Of the broker's client that publishes below `plugs/`. */
  readonly client: { readonly username: string; readonly password: string };
  start(part: PartName): RunningSigill;
}

export interface SitePlaces {
  /** Serial ports of the two meters. */
  readonly house: string;
  readonly barn: string;
}

const QUICK = { checkpointMs: 500, ageMs: 300 };
const CLIENT = 'plugs';

export async function enrollSite(directory: string, places: SitePlaces): Promise<EnrolledSite> {
  const at = (...names: string[]) => join(directory, ...names);
  const [cloudPort, brokerPort, enrolPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${cloudPort}`;
  const files = {
    cloud: at('cloud', 'cloud.yaml'),
    gateway: at('gateway', 'gateway.yaml'),
    agent: at('agent', 'agent.yaml'),
  };
  const start = (part: PartName) => startSigill([part, 'run', files[part]]);
  const letIn = async (invitation: { url?: string; code: string }, kind: string, box: string) => {
    const enroll = type(kind, 'enroll', invitation.url ?? url, invitation.code, box);
    const [fingerprint = ''] = await shown(enroll);
    await eventually('the operator sees who waits', async () =>
      (await done('cloud', 'approve', files.cloud, '--json')).includes(fingerprint),
    );
    await done('cloud', 'approve', files.cloud, ...fingerprint.split(' '));
    const { code, err } = await enroll.ended;
    if (code !== 0) throw new Error(err);
  };
  await done(
    ...['cloud', 'init', at('cloud'), '--name', 'agency', '--origins', 'agency.example'],
    ...['--listen', `127.0.0.1:${cloudPort}`],
  );
  const cloud = start('cloud');
  let gateway: RunningSigill | null = null;
  try {
    await eventually('the cloud answers', async () => (await fetch(`${url}/health`)).ok);
    await done('gateway', 'init', at('gateway'), '--name', 'house-17');
    const invited = JSON.parse(await done('cloud', 'invite', files.cloud, '--json'));
    await letIn({ code: invited.code }, 'gateway', at('gateway'));
    await edit(files.gateway, {
      checkpoint: { intervalMs: QUICK.checkpointMs },
      batch: { ageMs: QUICK.ageMs },
      broker: { listen: [{ host: '127.0.0.1', port: brokerPort }] },
      enrol: { host: '127.0.0.1', port: enrolPort, tls: {} },
      sources: [
        meterSource('house', places.house),
        {
          name: 'plugs',
          driver: 'mqtt-json',
          transport: { broker: 'plugs/+' },
          options: { device: '/id', kind: 'climate', 'field.temperature': '/n Cel' },
        },
      ],
    });
    const grants = ['--publish', 'plugs/#', '--json'];
    const added = await done('gateway', 'client', 'add', files.gateway, CLIENT, ...grants);
    gateway = start('gateway');
    const running = gateway;
    await eventually('the gateway runs', async () => running.said().includes('runs as process'));
    await done('agent', 'init', at('agent'), '--name', 'barn');
    await letIn(
      JSON.parse(await done('gateway', 'invite', files.gateway, '--json')),
      'agent',
      at('agent'),
    );
    await edit(files.agent, {
      batch: { ageMs: QUICK.ageMs },
      sources: [meterSource('barn', places.barn)],
    });
    const { password } = JSON.parse(added) as { password: string };
    return { url, brokerPort, files, client: { username: CLIENT, password }, start };
  } finally {
    await gateway?.stop();
    await cloud.stop();
  }
}

function meterSource(name: string, path: string): object {
  return {
    name,
    driver: 'dsmr-p1',
    transport: { serial: path, baudRate: 115_200 },
    cadenceMs: 1000,
  };
}

async function edit(file: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [key, value] of Object.entries(changes)) {
    document.setIn([key], document.createNode(value));
  }
  await writeFile(file, document.toString());
}
