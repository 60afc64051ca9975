/**
 * A second box stands in the barn, out of reach of the first one's cables. Its agent is let in at the gateway with a
 * code, by the operator at the cloud; or, where the operator's key lies on the gateway's own box, there.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentId, formatEnrolmentCode, parsePolicy, readSlotRecord, toHex } from '@sigill/evidence';
import { createDisk, nodeFileSystem, openKnownAgents } from '@sigill/gateway';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseDocument } from 'yaml';
import { done, type TypedCommand, type } from '../testing/commands-fixture.ts';
import { type EnrollingCloud, makeEnrollingCloud, shown } from '../testing/enrolling-cloud.ts';
import { freePort } from '../testing/waiting.ts';

let cloud: EnrollingCloud;
const running: TypedCommand[] = [];
beforeAll(async () => {
  cloud = await makeEnrollingCloud();
  await cloud.start();
});
afterAll(async () => {
  for (const one of running) one.stop();
  await Promise.all(running.map(({ ended }) => ended));
  await cloud?.remove();
});

// Ten seconds until a batch is sealed are right for a site, and long for a test.
const QUICK = { ageMs: 300 };

function edit(file: string, changes: Record<string, unknown>): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  for (const [key, value] of Object.entries(changes)) document.set(key, value);
  writeFileSync(file, document.toString());
}

/** Lets agents in on this machine, with a broker for them. */
async function runGateway(folder: string): Promise<string> {
  const [enrolPort, brokerPort] = [await freePort(), await freePort()];
  const file = join(folder, 'gateway.yaml');
  edit(file, {
    enrol: { host: '127.0.0.1', port: enrolPort, tls: {} },
    broker: { listen: [{ host: '0.0.0.0', port: brokerPort, tls: {} }] },
    batch: QUICK,
  });
  const gateway = type('gateway', 'run', file);
  running.push(gateway);
  await vi.waitFor(() => expect(gateway.said()).toContain('runs as process'), 10_000);
  return file;
}

async function makeAgent(name: string): Promise<string> {
  const folder = join(cloud.directory, name);
  await done('agent', 'init', folder, '--name', name);
  edit(join(folder, 'agent.yaml'), { batch: QUICK });
  return folder;
}

async function ask(gatewayFile: string, folder: string): Promise<TypedCommand> {
  const invited = JSON.parse(
    await done('gateway', 'invite', gatewayFile, '--json', '--for', 'barn'),
  );
  return type('agent', 'enroll', invited.url, invited.code, folder);
}

describe('an agent on a box of its own', () => {
  let folder: string;
  let gatewayFile: string;

  it('is let in by the operator at the cloud, and its gateway takes the record up while it runs', async () => {
    const gateway = await cloud.box('house-17');
    await cloud.letIn(gateway);
    gatewayFile = await runGateway(gateway);
    folder = await makeAgent('barn');
    const asking = await ask(gatewayFile, folder);
    const [fingerprint = ''] = await shown(asking);
    await vi.waitFor(async () => {
      expect(await cloud.waiting()).toMatchObject([
        { name: 'barn', kind: 'agent', fingerprint, gateway: 'agency/house-17' },
      ]);
    }, 10_000);
    await cloud.approve(fingerprint);
    const { code, err } = await asking.ended;
    expect([code, err]).toEqual([0, '']);
    expect(running[0]?.said()).toContain('agent barn');
  }, 30_000);

  it('has what it needs to send: the broker and its certificate, records that hold, a password', () => {
    const read = (name: string) => Uint8Array.from(readFileSync(join(folder, name)));
    const told = parseDocument(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toJS();
    expect(told).toMatchObject({
      name: 'barn',
      origin: 'agency/house-17',
      gateway: {
        url: expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/),
        certificate: expect.stringMatching(/^sha256\//),
      },
    });
    const { record } = readSlotRecord(read('gateway.record'));
    expect(record).toMatchObject({ rev: 1, origin: 'agency/house-17' });
    expect(record.agents).toHaveLength(2);
    expect(read('operator.record')[0]).toBe(0xd2);
    expect(parsePolicy(readFileSync(join(folder, 'policy.json'), 'utf8')).operator).toHaveLength(
      32,
    );
    expect(statSync(join(folder, 'keys/gateway-password')).mode & 0o777).toBe(0o600);
    const disk = createDisk(join(gatewayFile, '../data/agents'), nodeFileSystem);
    const known = record.agents.map(({ key }) => openKnownAgents(disk).find(toHex(agentId(key))));
    expect(known.filter((one) => one !== null)).toMatchObject([{ name: 'barn' }]);
  });

  it('sends at once, and the cloud believes what it sealed', async () => {
    const agent = type('agent', 'run', join(folder, 'agent.yaml'));
    running.push(agent);
    const { record } = readSlotRecord(
      Uint8Array.from(readFileSync(join(folder, 'gateway.record'))),
    );
    const { database } = cloud.running().core;
    const believed = () =>
      database.read((sql) => sql.all('SELECT DISTINCT agent FROM entries WHERE believed = 1'));
    await vi.waitFor(
      async () => expect(await believed(), agent.said()).toHaveLength(record.agents.length),
      25_000,
    );
  }, 40_000);

  it('is told by its gateway when the operator refuses it', async () => {
    const stranger = await makeAgent('stranger');
    const asking = await ask(gatewayFile, stranger);
    const [fingerprint = ''] = await shown(asking);
    await vi.waitFor(async () => expect(await cloud.waiting()).toHaveLength(1), 10_000);
    await cloud.approve(fingerprint, '--refuse', 'we have one barn');
    const { code, err } = await asking.ended;
    expect([code, err]).toEqual([1, expect.stringContaining('“we have one barn”')]);
  }, 30_000);

  it('that is let in already says so, whatever it is given', async () => {
    const never = formatEnrolmentCode({ invitation: '0000', secret: new Uint8Array(10) });
    const again = await type('agent', 'enroll', 'https://127.0.0.1:1', never, folder).ended;
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('enrolled already')]);
  });

  it('is let in on the gateway’s own box, where the operator’s key lies there', async () => {
    const alone = join(cloud.directory, 'alone');
    await done('gateway', 'init', alone, '--name', 'alone', '--origin', 'alone.example/house');
    const file = await runGateway(alone);
    const asking = await ask(file, await makeAgent('attic'));
    const [fingerprint = ''] = await shown(asking);
    expect(await done('gateway', 'approve', file)).toContain(fingerprint);
    expect(await done('gateway', 'approve', file, ...fingerprint.split(' '))).toContain('attic is');
    expect(await asking.ended).toMatchObject({ code: 0 });
    const wrong = await type('gateway', 'approve', file, '0123456789abcdef').ended;
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('BOX_UNKNOWN')]);
  }, 30_000);
});
