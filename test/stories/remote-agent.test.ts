/**
 * A meter hangs on a box in the barn. Its readings travel over MQTT with TLS to the gateway in the house, from there to
 * the cloud, and are proven; whatever is away for a while, nothing is lost and nothing comes twice.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  agentId,
  judge,
  parseEvidence,
  parsePolicy,
  readSlotRecord,
  toHex,
} from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HeardReading, makeRemoteSite, type RemoteSite } from '../testing/remote-site.ts';
import type { RunningSigill } from '../testing/sigill-process.ts';
import { eventually } from '../testing/waiting.ts';

let site: RemoteSite;
let gateway: RunningSigill;
let agent: RunningSigill;
let barn: string;

beforeAll(async () => {
  site = await makeRemoteSite();
  gateway = await site.startGateway();
  agent = await site.startAgent();
  barn = agent.said().match(/[0-9a-f]{32}/)?.[0] ?? (await barnFromRecord());
}, 90_000);
afterAll(() => site?.remove());

/** The agent that is not the gateway's own. */
async function barnFromRecord(): Promise<string> {
  const read = async (...names: string[]) => Uint8Array.from(await readFile(join(...names)));
  const first = readSlotRecord(await read(site.gatewayFolder, 'slot-1.record')).record;
  const { record } = readSlotRecord(await read(site.agentFolder, 'gateway.record'));
  const known = first.agents.map(({ key }) => toHex(agentId(key)));
  return (
    record.agents.map(({ key }) => toHex(agentId(key))).find((id) => !known.includes(id)) ?? ''
  );
}

interface Listed extends HeardReading {
  readonly kind: string;
}

async function readings(): Promise<Listed[]> {
  const path = `/api/v1/readings?agent=${barn}&source=barn&limit=500`;
  const { readings } = (await site.json(path)) as unknown as { readings: Listed[] };
  return readings.toSorted((one, other) => one.seq - other.seq);
}

describe('an agent on a box of its own', () => {
  it('brings its meter’s value to the cloud', async () => {
    const heard = await site.speakUntilHeard('02.718', barn);
    expect(heard).toMatchObject({ agent: barn, source: 'barn' });
  }, 60_000);

  it('whose seal is proven to be in the gateway’s log, that the witness saw', async () => {
    const { seq } = await site.speakUntilHeard('03.141', barn);
    const file = await eventually('its evidence is there', async () => {
      const text = await site.text(`/api/v1/evidence/${barn}/${seq}`);
      return text.includes('"sigill-evidence@v1"') && text;
    });
    const policy = parsePolicy(
      (await readFile(join(site.agentFolder, 'policy.json'), 'utf8')).trimEnd(),
    );
    const { claims } = judge(parseEvidence(file), policy);
    const holds = claims.filter(({ holds }) => holds === 'yes').map(({ claim }) => claim);
    expect(holds).toEqual(expect.arrayContaining(['sealed', 'registered', 'logged', 'witnessed']));
    expect(claims.filter(({ holds }) => holds === 'no')).toEqual([]);
  }, 60_000);

  it('keeps what it reads while its gateway is away, and brings all of it after', async () => {
    await gateway.stop();
    for (let count = 0; count < 3; count += 1) {
      await site.speak('04.669');
    }
    gateway = await site.startGateway();
    await site.speakUntilHeard('01.618', barn);
    const stream = (await readings()).filter(({ kind }) => kind === 'meter');
    expect(stream.length).toBeGreaterThan(5);
  }, 90_000);

  it('killed in the middle goes on where it was; its stream has no hole and nothing twice', async () => {
    agent.child.kill('SIGKILL');
    await agent.ended;
    agent = await site.startAgent();
    await site.speakUntilHeard('01.414', barn);
    const all = await readings();
    const seen = all.map(({ n }) => n).sort((one, other) => one - other);
    expect(seen).toEqual(seen.map((_, index) => index));
    expect(all.some(({ kind }) => kind === 'gap')).toBe(true);
  }, 90_000);

  it('killed together with its gateway, too', async () => {
    for (const part of [gateway, agent]) part.child.kill('SIGKILL');
    await Promise.all([gateway.ended, agent.ended]);
    gateway = await site.startGateway();
    agent = await site.startAgent();
    await site.speakUntilHeard('01.732', barn);
    const seen = (await readings()).map(({ n }) => n).sort((one, other) => one - other);
    expect(seen).toEqual(seen.map((_, index) => index));
    expect((await site.json('/api/v1/alarms')) as unknown).toEqual({ alarms: [] });
  }, 90_000);
});
