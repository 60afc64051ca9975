import { type Opened, readSlotRecord, type SlotRecord, toBase64 } from '@sigill/evidence';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudError } from '../errors.ts';
import { createSite, type FixtureSite } from '../testing/site-fixture.ts';
import { type AskCloud, openOperatorFollower } from './follow-operator.ts';
import { createFakeDisk, type FakeDisk } from './state-disk-fake.ts';
import { createWatchedLogs } from './watched-logs.ts';

let site: FixtureSite;
let disk: FakeDisk;
let told: string[];
let records: Uint8Array[][];

beforeEach(() => {
  site = createSite('example.org/house-17');
  disk = createFakeDisk();
  told = [];
  records = [[site.slotRecord()]];
});

/** A cloud with these slots, from 1 on. */
const cloud =
  (chain = [site.operatorRecord]): AskCloud =>
  async (path) => {
    const [, slot, from] = /^\/enroll\/v1\/records\/(\d+)\?from=(\d+)$/.exec(path) ?? [];
    const rows = records[Number(slot) - 1];
    if (rows === undefined) throw new CloudError('CLOUD_REFUSED', 'ORIGIN_UNKNOWN: no such slot');
    return { operator: chain.map(toBase64), slot: rows.slice(Number(from)).map(toBase64) };
  };

async function open() {
  const watched = createWatchedLogs((text) => told.push(text));
  const follower = await openOperatorFollower({ firstKeyHash: site.operatorHash }, watched, disk);
  return { watched, follower };
}

const recordOf = (cose: Uint8Array): Opened<SlotRecord> => readSlotRecord(cose);

describe('an operator that is followed', () => {
  it('names its logs by signed records, also those to come', async () => {
    const { watched, follower } = await open();
    expect(watched.find(site.origin)).toBeUndefined();
    await follower.poll(cloud());
    expect(watched.find(site.origin)).toEqual({ publicKey: site.log.publicKey, closed: null });
    const next = site.continue(0);
    records = [[...(records[0] ?? []), site.slotRecord()], [next.slotRecord()]];
    await follower.poll(cloud());
    expect(watched.find(site.origin)?.closed).toMatchObject({ size: 0 });
    expect(watched.find(next.origin)?.publicKey).toEqual(next.log.publicKey);
    expect(follower.origins()).toEqual([site.origin, next.origin]);
  });

  it('is remembered while its cloud is away', async () => {
    await (await open()).follower.poll(cloud());
    const { watched, follower } = await open();
    expect(watched.find(site.origin)).toBeDefined();
    const away: AskCloud = () => Promise.reject(new CloudError('CLOUD_UNREACHABLE', 'away'));
    await expect(follower.poll(away)).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE' });
    expect(watched.find(site.origin)).toBeDefined();
  });

  it('has its disk written when something is new, and else not', async () => {
    const { follower } = await open();
    await follower.poll(cloud());
    const steps = disk.steps();
    for (let times = 0; times < 5; times += 1) await follower.poll(cloud());
    expect(disk.steps()).toBe(steps);
  });
});

describe('nobody else names its logs', () => {
  it('its cloud neither: it makes no records up', async () => {
    const other = createSite('example.org/house-18');
    const { watched, follower } = await open();
    records = [[other.slotRecord()]];
    await expect(follower.poll(cloud())).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
    await expect(follower.poll(cloud([other.operatorRecord]))).rejects.toThrow();
    expect(watched.count()).toBe(0);
  });

  it('it itself no other key for a log it named', async () => {
    const { watched, follower } = await open();
    await follower.poll(cloud());
    // A second slot of the same operator that claims the name of the first.
    const { record } = recordOf(site.slotRecord());
    expect(watched.follow({ ...record, slot: 2, logKey: site.operator.publicKey })).toBe(false);
    expect(watched.find(site.origin)?.publicKey).toEqual(site.log.publicKey);
    expect(told[0]).toContain('it is watched by the first alone');
  });

  it('a revision that does not follow is not believed', async () => {
    const { watched, follower } = await open();
    await follower.poll(cloud());
    site.revise({});
    records = [[...(records[0] ?? []), site.revise({ slot: 'closed' })]];
    await expect(follower.poll(cloud())).rejects.toMatchObject({ code: 'RECORD_CHAIN' });
    expect(watched.find(site.origin)?.closed).toBeNull();
  });

  it('another chain of operator’s records than was shown before is refused', async () => {
    const { follower } = await open();
    await follower.poll(cloud());
    await expect(follower.poll(cloud([]))).rejects.toThrow();
  });
});
