import { parseReceipt, verifyReceipt } from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk, type Disk } from '../disk/disk.ts';
import type { FileSystem } from '../disk/file-system.ts';
import type { GatewayEvent } from '../events.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Admission } from './admission.ts';
import type { ChainHeads } from './chain-heads.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const OTHER = 'sigill.example/demo/house-18';

let fileSystem: FileSystem;
let disk: Disk;
let logSigner: ReturnType<typeof newSigner>;
let agent: FixtureAgent;
let other: FixtureAgent;
let site: FixtureSite;
let log: SiteLog;
let heads: ChainHeads;
let admission: Admission;
let events: GatewayEvent[];

beforeEach(async () => {
  fileSystem = createCrashFileSystem();
  disk = createDisk('/', fileSystem);
  logSigner = newSigner();
  agent = createFixtureAgent(ORIGIN);
  other = createFixtureAgent(ORIGIN);
  await open();
});

async function open(change: { register?: FixtureRegister; own?: Uint8Array } = {}): Promise<void> {
  const agents = [agent.signer, other.signer];
  site = await openFixtureSite({ fileSystem, origin: ORIGIN, logSigner, agents, ...change });
  ({ log, heads, admission, events } = site);
}

test('a sealed batch enters the log and its receipt proves it', async () => {
  const batch = agent.seal();
  const { index } = await admission.admit(batch.bytes);
  expect(index).toBe(0);
  const receipt = parseReceipt(log.receipt(index));
  const checkpoint = verifyReceipt(receipt, batch.seal, ORIGIN, logSigner.publicKey);
  expect(checkpoint.size).toBe(1);
});

test('offers that wait together are appended together, agents mixed', async () => {
  let rounds = 0;
  const append = log.append.bind(log);
  log.append = (entries, size) => {
    rounds += 1;
    return append(entries, size);
  };
  const batches = Array.from({ length: 300 }, (_, index) =>
    (index % 3 === 0 ? other : agent).seal(),
  );
  const admitted = await Promise.all(batches.map(({ bytes }) => admission.admit(bytes)));
  expect(admitted.map(({ index }) => index)).toEqual(batches.map((_, index) => index));
  expect(rounds).toBe(1);
  for (const [position, batch] of batches.entries()) {
    const receipt = parseReceipt(log.receipt(admitted[position]!.index));
    verifyReceipt(receipt, batch.seal, ORIGIN, logSigner.publicKey);
  }
});

test('the same header offered again has the index it has, now or after a restart', async () => {
  const batches = [agent.seal(), other.seal(), agent.seal(), other.seal(), agent.seal()];
  const twice = batches.flatMap((batch) => [batch, batch]);
  await Promise.all(twice.map(({ bytes }) => admission.admit(bytes)));
  expect(log.head().size).toBe(5);
  await open();
  for (const [position, { bytes }] of batches.entries()) {
    expect((await admission.admit(bytes)).index).toBe(position);
  }
  expect(log.head().size).toBe(5);
});

test('an agent goes on after a restart, with and without the snapshot of heads', async () => {
  const batches = Array.from({ length: 300 }, () => agent.seal());
  await Promise.all(batches.map(({ bytes }) => admission.admit(bytes)));
  expect(fileSystem.readFile('/heads/heads')).not.toBeNull();
  await open();
  expect((await admission.admit(agent.seal().bytes)).index).toBe(300);
  await fileSystem.remove('/heads/heads');
  await open();
  expect(heads.of(agent.id)).toMatchObject({ batch: 300, nextSeq: 301, index: 300 });
  expect((await admission.admit(agent.seal().bytes)).index).toBe(301);
});

test('a snapshot of another log is not believed', async () => {
  await Promise.all(Array.from({ length: 260 }, () => admission.admit(agent.seal().bytes)));
  await fileSystem.remove('/log/tile');
  await fileSystem.remove('/log/head');
  agent = createFixtureAgent(ORIGIN, agent.signer);
  await open();
  expect(heads.of(agent.id)).toBeNull();
});

describe('a batch of this box, sealed by the process that admits it', () => {
  const streams = [{ source: 'house-17', device: 'meter', nextN: 1 }];

  beforeEach(() => open({ own: agent.id }));

  test('enters the log by its seal, once, and its streams are known', async () => {
    const batch = agent.seal();
    expect(await admission.admitOwn({ ...batch, streams })).toEqual({ index: 0 });
    expect(await admission.admitOwn({ ...batch, streams })).toEqual({ index: 0 });
    expect(await admission.admit(batch.bytes)).toEqual({ index: 0 });
    expect(site.store.streams.of(agent.id)).toEqual(streams);
    expect(await admission.admit(agent.seal().bytes)).toEqual({ index: 1 });
  });

  test('is refused where it is of another agent: that is read and checked whole', async () => {
    const batch = other.seal();
    await expect(admission.admitOwn({ ...batch, streams })).rejects.toThrow('not that of this box');
    expect(log.head().size).toBe(0);
    expect(await admission.admit(batch.bytes)).toEqual({ index: 0 });
  });

  test('is refused with a seal that is not of its key, its log, or next in its chain', async () => {
    const batch = agent.seal();
    const forged = Uint8Array.from(batch.seal);
    forged[forged.length - 1]! ^= 1;
    const elsewhere = createFixtureAgent(OTHER, agent.signer).seal();
    for (const seal of [forged, elsewhere.seal, new Uint8Array(9)]) {
      const refused = admission.admitOwn({ ...batch, seal, streams });
      await expect(refused).rejects.toMatchObject({ code: 'BATCH_INVALID' });
    }
    const early = admission.admitOwn({ ...agent.seal(), streams });
    await expect(early).rejects.toMatchObject({ code: 'BATCH_NOT_NEXT' });
    expect(log.head().size).toBe(0);
  });
});

describe('refused', () => {
  const code = (bytes: Uint8Array) =>
    admission.admit(bytes).then(
      () => 'admitted',
      (error) => error.code,
    );

  test('an agent the record does not name', async () => {
    expect(await code(createFixtureAgent(ORIGIN).seal().bytes)).toBe('AGENT_UNKNOWN');
  });

  test('a revoked agent', async () => {
    await open({
      register: createFixtureHolder({
        ...{ origin: ORIGIN, log: logSigner },
        agents: [
          { key: other.signer.publicKey },
          { key: agent.signer.publicKey, state: 'revoked' },
        ],
      }),
    });
    expect(await code(agent.seal().bytes)).toBe('AGENT_REVOKED');
    expect(await code(other.seal().bytes)).toBe('admitted');
  });

  test('a seal made for another log', async () => {
    const elsewhere = createFixtureAgent(OTHER, agent.signer);
    expect(await code(elsewhere.seal().bytes)).toBe('BATCH_INVALID');
  });

  test('a changed byte anywhere, and no key is put out for it', async () => {
    await admission.admit(agent.seal().bytes);
    const { bytes } = agent.seal();
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 0x40;
      expect(await code(changed)).toMatch(/^(BATCH_INVALID|AGENT_UNKNOWN|BATCH_NOT_NEXT)$/);
    }
    expect(await code(bytes)).toBe('admitted');
    expect(events).toEqual([]);
  });

  test('bytes that are no batch', async () => {
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(0x83),
      new Uint8Array(1_000).fill(0xff),
    ]) {
      expect(await code(bytes)).toBe('BATCH_INVALID');
    }
  });

  test('a batch out of order, which may come again in order', async () => {
    const [first, second] = [agent.seal(), agent.seal()];
    expect(await code(second.bytes)).toBe('BATCH_NOT_NEXT');
    expect(await code(first.bytes)).toBe('admitted');
    expect(await code(second.bytes)).toBe('admitted');
  });

  test('readings left out or counted wrong', async () => {
    expect(await code(agent.seal({ count: 2 }).bytes)).toBe('BATCH_INVALID');
    expect(log.head().size).toBe(0);
  });

  test('everything while the log is frozen, with the reason', async () => {
    log.freeze('the cloud holds 9 entries of it');
    await expect(admission.admit(agent.seal().bytes)).rejects.toThrow('the cloud holds 9 entries');
  });
});

describe('a cloned card', () => {
  let clone: FixtureAgent;
  beforeEach(async () => {
    await admission.admit(agent.seal().bytes);
    clone = agent.clone();
    await admission.admit(agent.seal().bytes);
  });

  async function caught(bytes: Uint8Array): Promise<void> {
    await expect(admission.admit(bytes)).rejects.toMatchObject({ code: 'BATCH_CONFLICT' });
    expect(events).toEqual([expect.objectContaining({ level: 'alarm', what: 'BATCH_CONFLICT' })]);
    expect(log.head().size).toBe(2);
  }

  test('that seals the same batch again is caught: the proof is kept and the key is out', async () => {
    const { bytes } = clone.seal({ closedAt: 1 });
    await caught(bytes);
    const [file] = disk.list('quarantine');
    expect(file).toMatch(/^[0-9a-f]{32}-1-0\.batch$/);
    expect(disk.read(`quarantine/${file}`)).toEqual(bytes);
    await open();
    await expect(admission.admit(agent.seal().bytes)).rejects.toMatchObject({
      code: 'AGENT_QUARANTINED',
    });
    expect((await admission.admit(other.seal().bytes)).index).toBe(2);
  });

  test('whose box the operator lets in again goes on behind the head; what was sealed aside stays out', async () => {
    const aside = clone.seal({ closedAt: 1 });
    await caught(aside.bytes);
    expect(site.conflicts.list()).toMatchObject([{ batch: 1, rev: 0 }]);
    expect(await site.register.admit(site.register.revise({}))).toBe(true);
    expect(site.conflicts.list()).toEqual([]);
    expect((await admission.admit(agent.seal().bytes)).index).toBe(2);
    await expect(admission.admit(aside.bytes)).rejects.toMatchObject({ code: 'BATCH_CONFLICT' });
    expect(site.conflicts.list()).toMatchObject([{ batch: 1, rev: 1 }]);
  });

  test('put back and started anew is told from two boxes that take turns', async () => {
    const [first, second] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
    for (const boot of [first, second]) site.conflicts.met(agent.id, boot, 1);
    await admission.admit(agent.seal({ boot: first }).bytes);
    await expect(admission.admit(clone.seal({ boot: second }).bytes)).rejects.toMatchObject({
      message: expect.stringContaining('put back to an older state'),
    });
    expect(events.at(-1)).toMatchObject({ facts: { kind: 'rollback' } });
    site.conflicts.met(agent.id, first, 2);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(admission.admit(agent.seal({ boot: first }).bytes)).rejects.toMatchObject({
      code: 'AGENT_QUARANTINED',
      message: expect.stringContaining('another box runs with a copy of this card'),
    });
    expect(events.at(-1)).toMatchObject({ level: 'alarm', facts: { kind: 'clone' } });
    await open();
    expect(site.conflicts.list()).toMatchObject([{ kind: 'clone' }]);
  });

  test('that went on by itself is caught by the header it follows', async () => {
    clone.seal({ closedAt: 1 });
    await caught(clone.seal().bytes);
  });

  test('in one group with the original is caught too', async () => {
    const original = agent.seal();
    clone = agent.clone();
    const [mine, ...rest] = await Promise.allSettled([
      admission.admit(original.bytes),
      admission.admit(agent.seal().bytes),
      admission.admit(clone.seal({ closedAt: 2 }).bytes),
    ]);
    expect(mine.status).toBe('fulfilled');
    expect(rest.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('whose seal nobody signed puts no key out', async () => {
    const forged = createFixtureAgent(ORIGIN, {
      ...newSigner(),
      publicKey: agent.signer.publicKey,
    });
    await expect(admission.admit(forged.seal({ closedAt: 3 }).bytes)).rejects.toMatchObject({
      code: 'BATCH_INVALID',
    });
    expect((await admission.admit(agent.seal().bytes)).index).toBe(2);
  });
});
