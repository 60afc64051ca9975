/**
 * The gateway's card dies. The technician writes last week's copy to a new one and plugs it in. The gateway takes back
 * from the cloud what the copy lacks, exactly, and goes on; nobody has to know what a Merkle tree is. And when it cannot,
 * it stops and says what the operator does.
 */
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { judge, parseEvidence, parsePolicy } from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anotherBoot } from '../testing/another-boot.ts';
import { done } from '../testing/commands-fixture.ts';
import {
  edit,
  type HeardReading,
  makeRemoteSite,
  type RemoteSite,
} from '../testing/remote-site.ts';
import type { RunningSigill } from '../testing/sigill-process.ts';
import { eventually } from '../testing/waiting.ts';

let site: RemoteSite;
let gateway: RunningSigill;
let barn: string;
const data = () => join(site.gatewayFolder, 'data');
const copy = () => join(site.cloud.directory, 'older-copy');

beforeAll(async () => {
  site = await makeRemoteSite();
  gateway = await site.startGateway();
  await site.startAgent();
  barn = (await site.speakUntilHeard('02.718')).agent;
}, 90_000);
afterAll(() => site?.remove());

/** How long the gateway takes nothing after a start until its cloud has answered. */
const setStartWait = (startWaitMs: number) =>
  edit(join(site.gatewayFolder, 'gateway.yaml'), { cloud: { startWaitMs } });

async function restore(): Promise<void> {
  await rm(data(), { recursive: true });
  await cp(copy(), data(), { recursive: true });
}

async function logSize(): Promise<number> {
  const head = await readFile(join(data(), 'site-log/head'), 'utf8');
  return Number(head.split('\n')[1]);
}

/** Stops the gateway when everything it has logged, and given receipts for, is at the cloud too. */
async function stopWhenCaughtUp(): Promise<void> {
  const path = `/ingest/v1/state?origin=${encodeURIComponent(site.origin)}`;
  await eventually('the cloud has everything', async () => {
    const size = await logSize();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const state = (await site.json(path)) as unknown as { checkpointSize: number };
    return state.checkpointSize === size && size === (await logSize());
  });
  await gateway.stop();
}

async function numbersOf(agent: string): Promise<number[]> {
  const path = `/api/v1/readings?agent=${agent}&source=barn&limit=500`;
  const { readings } = (await site.json(path)) as unknown as { readings: HeardReading[] };
  return readings.map(({ n }) => n).sort((one, other) => one - other);
}

const alarms = async () =>
  ((await site.json('/api/v1/alarms')) as unknown as { alarms: { code: string }[] }).alarms;

describe('a gateway restored from an older copy', () => {
  it('takes back what it lacks from the cloud, and everybody goes on', async () => {
    await gateway.stop();
    await cp(data(), copy(), { recursive: true });
    const before = await logSize();
    gateway = await site.startGateway();
    await site.speakUntilHeard('03.141', barn);
    await stopWhenCaughtUp();
    const lost = await logSize();
    expect(lost).toBeGreaterThan(before);
    await restore();
    gateway = await site.startGateway({ flags: anotherBoot() });
    const seen = await site.speakUntilHeard('01.618', barn);
    expect(seen.source).toBe('barn');
    expect(gateway.said()).toMatch(/restored from an older copy, and what it lacks is fetched/);
    expect(gateway.said()).toMatch(/\d+ entries of the site log came back from the cloud/);
    expect(await logSize()).toBeGreaterThanOrEqual(lost);
  }, 120_000);

  it('has one history: no alarm at the cloud, no hole and nothing twice in any stream', async () => {
    expect(await alarms()).toEqual([]);
    const numbers = await numbersOf(barn);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it('learns it from an agent’s receipt when the cloud cannot be asked, and takes nothing until it was', async () => {
    await gateway.stop();
    await rm(copy(), { recursive: true });
    await cp(data(), copy(), { recursive: true });
    gateway = await site.startGateway();
    await site.speakUntilHeard('02.236', barn);
    await stopWhenCaughtUp();
    await site.cloud.stop();
    await restore();
    // Longer than an agent may wait before it comes back.
    await setStartWait(120_000);
    gateway = await site.startGateway({ flags: anotherBoot() });
    await eventually(
      'the agent shows its receipt',
      async () => gateway.said().includes(`agent ${barn} holds a receipt for`),
      90_000,
    );
    const size = await logSize();
    await site.speak('02.449');
    expect(await logSize()).toBe(size);
    expect(gateway.said()).toMatch(/! agent \w+ holds a receipt .* the cloud is asked first/);
    await site.cloud.start();
    await site.speakUntilHeard('02.645', barn);
    expect(await alarms()).toEqual([]);
    const numbers = await numbersOf(barn);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  }, 180_000);

  it('that lacks what was never at the cloud stops, and says what the technician does', async () => {
    await gateway.stop();
    await rm(copy(), { recursive: true });
    await cp(data(), copy(), { recursive: true });
    await site.cloud.stop();
    await setStartWait(1_000);
    gateway = await site.startGateway();
    const size = await logSize();
    await eventually(
      'the agent has receipts that the cloud knows nothing of',
      async () => {
        await site.speak('02.828');
        return (await logSize()) > size + 3;
      },
      120_000,
    );
    await gateway.stop();
    await restore();
    await site.cloud.start();
    gateway = await site.startGateway({ flags: anotherBoot() });
    await eventually('it stops', async () => gateway.said().includes('second history'), 60_000);
    expect(gateway.said()).toMatch(
      /! agent \w+ holds a receipt .* and the cloud has no more either/,
    );
    expect(gateway.said()).toContain('sigill gateway new-generation');
    // What was on its way into the log at that moment may still be written.
    await site.speak('03.317');
    const stopped = await logSize();
    for (let count = 0; count < 4; count += 1) await site.speak('03.464');
    expect(await logSize()).toBe(stopped);
  }, 240_000);

  it('goes on in its log’s next generation once the operator has agreed, its agent with it', async () => {
    const file = join(site.gatewayFolder, 'gateway.yaml');
    const told = await done('gateway', 'new-generation', file);
    const [fingerprint = ''] = /([0-9a-f]{4} ){3}[0-9a-f]{4}/.exec(told) ?? [];
    expect(told).toContain(`${site.origin}/2`);
    await eventually(
      'the operator is asked',
      async () => (await site.cloud.waiting()).length > 0,
      60_000,
    );
    const listed = await done('cloud', 'approve', site.cloud.file);
    expect(listed).toContain(fingerprint);
    expect(listed).toMatch(/closed, for ever, at \d+ entries/);
    await site.cloud.approve(fingerprint);
    const after = await site.speakUntilHeard('04.123', barn);
    await verifies(after.seq, `${site.origin}/2`);
    await verifies(0, site.origin);
  }, 180_000);

  it('has lost nothing that an agent had a receipt for, and stored nothing twice', async () => {
    const numbers = await numbersOf(barn);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    const heard = await powersOf(barn);
    for (const power of ['2.718', '3.141', '2.236', '2.828', '3.464', '4.123'])
      expect(heard).toContain(power);
  });

  it('goes on there after every start', async () => {
    await gateway.stop();
    gateway = await site.startGateway({ flags: anotherBoot() });
    await site.speakUntilHeard('04.359', barn);
    expect(gateway.said()).toContain(`${site.origin}/2`);
    const numbers = await numbersOf(barn);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  }, 120_000);
});

/** The cloud's evidence of a reading of the barn, judged under the policy that the gateway was given. */
async function verifies(seq: number, origin: string): Promise<void> {
  const evidence = parseEvidence(await site.text(`/api/v1/evidence/${barn}/${seq}`));
  expect(evidence.log.origin).toBe(origin);
  const policy = parsePolicy(
    (await readFile(join(site.gatewayFolder, 'policy.json'), 'utf8')).trim(),
  );
  const verdict = judge(evidence, policy);
  for (const name of ['sealed', 'registered', 'logged'])
    expect(verdict.claims.find(({ claim }) => claim === name)).toMatchObject({ holds: 'yes' });
}

async function powersOf(agent: string): Promise<string[]> {
  const path = `/api/v1/readings?agent=${agent}&source=barn&limit=500`;
  const { readings } = (await site.json(path)) as unknown as {
    readings: { fields: { name: string; value: string }[] }[];
  };
  return readings.flatMap(({ fields }) =>
    fields.filter(({ name }) => name === 'power.import').map(({ value }) => value),
  );
}
