/**
 * The card of the box in the barn is restored from an older copy; later somebody puts a copy of it into a second box.
 * What the technician reads at the box, what the operator reads at the cloud, and how each is mended.
 */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anotherBoot } from '../testing/another-boot.ts';
import { done } from '../testing/commands-fixture.ts';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { edit, METER, makeRemoteSite, type RemoteSite } from '../testing/remote-site.ts';
import type { RunningSigill } from '../testing/sigill-process.ts';
import { eventually } from '../testing/waiting.ts';

let site: RemoteSite;
let gateway: RunningSigill;
let box: RunningSigill;
let barn: string;
let second: PseudoTerminal;

beforeAll(async () => {
  site = await makeRemoteSite();
  gateway = await site.startGateway();
  box = await site.startAgent({ flags: anotherBoot() });
  barn = (await site.speakUntilHeard('02.718')).agent;
  second = await openPseudoTerminal();
}, 90_000);
afterAll(async () => {
  await site?.remove();
  await second?.close();
});

interface Alarm {
  readonly code: string;
  readonly about: string;
  readonly detail: string;
}

async function alarms(): Promise<Alarm[]> {
  return ((await site.json('/api/v1/alarms')) as unknown as { alarms: Alarm[] }).alarms;
}

const copyOf = (name: string) => join(site.cloud.directory, name);

describe('a card restored from an older copy', () => {
  it('goes on behind what the gateway holds, tells the gap, and needs nobody', async () => {
    await box.stop();
    await cp(site.agentFolder, copyOf('older'), { recursive: true });
    box = await site.startAgent({ flags: anotherBoot() });
    await site.speakUntilHeard('03.141', barn);
    await box.stop();
    await restore('older');
    box = await site.startAgent({ flags: anotherBoot() });
    await site.speakUntilHeard('01.618', barn);
    expect(box.said()).toContain('a card was restored');
    const { readings } = (await site.json(
      `/api/v1/readings?agent=${barn}&limit=500`,
    )) as unknown as {
      readings: { kind: string; fields: { name: string; value: string }[] }[];
    };
    const causes = readings
      .filter(({ kind }) => kind === 'gap')
      .flatMap(({ fields }) => fields.filter(({ name }) => name === 'gap.cause'));
    expect(causes.map(({ value }) => value)).toContain('rollback');
    expect(await alarms()).toEqual([]);
  }, 90_000);

  it('that could not ask its gateway begins anew when it can, and what it sealed alone is set aside', async () => {
    await box.stop();
    await rm(copyOf('older'), { recursive: true });
    await cp(site.agentFolder, copyOf('older'), { recursive: true });
    box = await site.startAgent({ flags: anotherBoot() });
    await site.speakUntilHeard('02.236', barn);
    await Promise.all([box.stop(), gateway.stop()]);
    await restore('older');
    box = await site.startAgent({ flags: anotherBoot() });
    for (let count = 0; count < 4; count += 1) await site.speak('02.449');
    gateway = await site.startGateway();
    await site.speakUntilHeard('02.645', barn);
    expect(box.said()).toContain('a card was restored');
    expect(gateway.said()).not.toContain('!');
    expect(await alarms()).toEqual([]);
  }, 120_000);
});

describe('a copied card in a second box', () => {
  let copy: RunningSigill;

  it('is caught as soon as both boxes run, and both technicians are told', async () => {
    await box.stop();
    const folder = copyOf('copy');
    await cp(site.agentFolder, folder, { recursive: true });
    await edit(join(folder, 'agent.yaml'), {
      sources: [
        { name: 'barn', driver: 'dsmr-p1', transport: { serial: second.path, baudRate: 115_200 } },
      ],
    });
    box = await site.startAgent({ flags: anotherBoot() });
    await site.speakUntilHeard('03.317', barn);
    copy = await site.startAgent({ folder, flags: anotherBoot() });
    const says = 'another box runs with a copy of this card';
    await eventually(
      'it is told at a box',
      async () => {
        await site.speak('03.606');
        second.write(p1Telegram({ meter: METER, kilowatts: '03.873', time: p1Time(Date.now()) }));
        return box.said().includes(says) || copy.said().includes(says);
      },
      60_000,
    );
    expect(gateway.said()).toContain(`two boxes took turns with the key of agent ${barn}`);
  }, 120_000);

  it('is an alarm for the operator, who may let the key in again once one box is off', async () => {
    const alarm = await eventually('the operator is told', async () => (await alarms())[0]);
    expect(alarm.detail).toContain('its card was copied and both run');
    expect(alarm.detail).toContain(`sigill cloud revoke cloud.yaml ${barn.slice(0, 16)}`);
    await copy.stop();
    expect(await done('cloud', 'approve', site.cloud.file, barn.slice(0, 16))).toContain(
      'stays in',
    );
    expect(await alarms()).toEqual([]);
    await eventually(
      'the gateway lets it in',
      async () => gateway.said().includes(`let agent ${barn} in again`),
      90_000,
    );
    await box.stop();
    box = await site.startAgent({ flags: anotherBoot() });
    await site.speakUntilHeard('04.312', barn);
    expect(await alarms()).toEqual([]);
  }, 150_000);

  it('is out for ever when the operator revokes the key: it is cut, and its box says what to do', async () => {
    await done('cloud', 'revoke', site.cloud.file, barn.slice(0, 16));
    await eventually(
      'the gateway cuts it',
      async () => gateway.said().includes(`took the key of agent ${barn} out`),
      90_000,
    );
    await eventually('the technician is told', async () => box.said().includes('revoked'));
  }, 150_000);
});

/** The data of the box as it was then. */
async function restore(name: string): Promise<void> {
  await rm(join(site.agentFolder, 'data'), { recursive: true });
  await cp(join(copyOf(name), 'data'), join(site.agentFolder, 'data'), { recursive: true });
}
