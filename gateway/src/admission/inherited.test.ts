import { decodeSeal, headerHash, originHash } from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import type { FileSystem } from '../disk/file-system.ts';
import type { InheritedAgent } from '../generation/inherited.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';

const FIRST = 'sigill.example/demo/house-17';
const SECOND = `${FIRST}/2`;
const STREAM = { source: 'house-17', device: 'meter', nextN: 3 };

let fileSystem: FileSystem;
let agent: FixtureAgent;
let other: FixtureAgent;
let clone: FixtureAgent;
let settled: readonly Uint8Array[];
let register: FixtureRegister;
let inherited: InheritedAgent[];
let site: FixtureSite;
const logSigner = newSigner();

/** The first log closed behind three batches of the one agent; the other one had sent nothing. */
beforeEach(async () => {
  fileSystem = createCrashFileSystem();
  agent = createFixtureAgent(FIRST);
  other = createFixtureAgent(FIRST);
  const first = newSigner();
  register = createFixtureHolder({
    ...{ origin: FIRST, log: first },
    agents: [{ key: agent.signer.publicKey }, { key: other.signer.publicKey }],
  });
  const batches = [agent.seal(), agent.seal()];
  clone = agent.clone();
  batches.push(agent.seal());
  settled = batches.map(({ bytes }) => bytes);
  const { header, headerBytes } = decodeSeal(batches[2]!.seal);
  const head = { batch: 2, headerHash: headerHash(headerBytes), nextSeq: header.firstSeq + 1 };
  inherited = [{ agent: agent.id, head, streams: [STREAM] }];
  const closed = register.close({ size: 3 });
  register.logKeys.push(logSigner.publicKey);
  await register.admit(closed);
  await register.admit(register.continueFrom(closed, logSigner));
  register.advance();
  await open();
});

async function open(): Promise<void> {
  site = await openFixtureSite({
    ...{ fileSystem, origin: SECOND, logSigner, register, inherited, agents: [] },
  });
}

/** As its next batch, made for that log. */
const sealFor = (origin: string, who = agent) => who.seal({ log: originHash(origin) });

const code = (bytes: Uint8Array) =>
  site.admission.admit(bytes).then(
    () => 'admitted',
    (error) => error.code,
  );

test('an agent goes on where the closed log left it, and one that had sent nothing begins', async () => {
  expect(site.heads.of(agent.id)).toEqual({ ...inherited[0]!.head, index: null });
  expect(site.store.streams.of(agent.id)).toEqual([STREAM]);
  expect((await site.admission.admit(sealFor(SECOND).bytes)).index).toBe(0);
  expect((await site.admission.admit(sealFor(SECOND, other).bytes)).index).toBe(1);
  await open();
  expect(site.heads.of(agent.id)).toMatchObject({ batch: 3, index: 0 });
  expect((await site.admission.admit(sealFor(SECOND).bytes)).index).toBe(2);
});

test('a snapshot of heads holds what is in this log; the rest is inherited again', async () => {
  for (let count = 0; count < 260; count += 1)
    await site.admission.admit(sealFor(SECOND, other).bytes);
  expect(fileSystem.readFile('/heads/heads')).not.toBeNull();
  await open();
  expect(site.heads.of(agent.id)).toMatchObject({ batch: 2, index: null });
  expect(site.heads.of(other.id)).toMatchObject({ batch: 259, index: 259 });
});

test('what was sealed before the agent heard of this log enters it, until the agent has named it', async () => {
  expect(await code(sealFor(FIRST).bytes)).toBe('admitted');
  expect(await code(sealFor(FIRST).bytes)).toBe('admitted');
  expect(await code(sealFor(SECOND).bytes)).toBe('admitted');
  const backwards = agent.clone();
  expect(await code(sealFor(FIRST, backwards).bytes)).toBe('BATCH_INVALID');
  expect(await code(sealFor(SECOND).bytes)).toBe('admitted');
  expect(await code(sealFor(`${FIRST}/3`).bytes)).toBe('BATCH_INVALID');
});

test('the same holds for batches that wait together', async () => {
  const batches = [sealFor(FIRST), sealFor(SECOND), sealFor(FIRST)];
  expect(await Promise.all(batches.map(({ bytes }) => code(bytes)))).toEqual([
    'admitted',
    'admitted',
    'BATCH_INVALID',
  ]);
});

describe('what the closed log holds', () => {
  test('is settled there, and is not taken again', async () => {
    for (const bytes of settled) {
      await expect(site.admission.admit(bytes)).rejects.toMatchObject({
        ...{ code: 'BATCH_INHERITED', retryable: false },
      });
    }
    await site.admission.admit(sealFor(SECOND).bytes);
    expect(await code(settled[2]!)).toBe('BATCH_INHERITED');
    expect(site.conflicts.list()).toEqual([]);
  });

  test('is contradicted by another header at its end: the key is out', async () => {
    const { bytes } = clone.seal({ closedAt: 1 });
    expect(await code(bytes)).toBe('BATCH_CONFLICT');
    expect(await code(sealFor(SECOND).bytes)).toBe('AGENT_QUARANTINED');
  });

  test('is contradicted by who goes on from another end', async () => {
    clone.seal({ closedAt: 1 });
    expect(await code(sealFor(SECOND, clone).bytes)).toBe('BATCH_CONFLICT');
  });

  test('is contradicted still when the agent has gone on', async () => {
    await site.admission.admit(sealFor(SECOND).bytes);
    expect(await code(clone.seal({ closedAt: 1 }).bytes)).toBe('BATCH_CONFLICT');
  });
});
