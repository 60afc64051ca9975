import { createMemoryJournal, type Journal } from '@sigill/edge';
import { decodeSeal, headerHash, originHash } from '@sigill/evidence';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createFixtureAgent,
  type FixtureAgent,
  type FixtureBatch,
  newSigner,
} from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';
import { carryOver } from './carry-over.ts';
import type { InheritedAgent } from './inherited.ts';

const FIRST = 'sigill.example/demo/house-17';
const SECOND = `${FIRST}/2`;
const keys = [newSigner(), newSigner()] as const;

let agent: FixtureAgent;
let other: FixtureAgent;
let register: FixtureRegister;
let closed: FixtureSite;
let journal: Journal;
let site: FixtureSite;

beforeEach(async () => {
  agent = createFixtureAgent(FIRST);
  other = createFixtureAgent(FIRST);
  const agents = [agent, other].map(({ signer }) => ({ key: signer.publicKey }));
  register = createFixtureHolder({ origin: FIRST, log: keys[0], agents });
  closed = await openFixtureSite({
    ...{ fileSystem: createCrashFileSystem(), origin: FIRST, logSigner: keys[0] },
    ...{ register, agents: [] },
    openJournal: async (options) => {
      journal = createMemoryJournal(options);
      return journal;
    },
  });
});

afterEach(() => site.stopping.abort());

/** Held here as batches of the closed log. */
async function hold(count: number, who = agent): Promise<FixtureBatch[]> {
  const batches = Array.from({ length: count }, () => who.seal());
  await Promise.all(batches.map(({ bytes }) => closed.admission.admit(bytes)));
  return batches;
}

/** The next log, where these were the last of their agents. */
async function begin(last: readonly FixtureBatch[]): Promise<void> {
  const record = register.close();
  register.logKeys.push(keys[1].publicKey);
  await register.admit(record);
  await register.admit(register.continueFrom(record, keys[1]));
  register.advance();
  site = await openFixtureSite({
    ...{ fileSystem: createCrashFileSystem(), origin: SECOND, logSigner: keys[1] },
    ...{ register, agents: [], inherited: last.map(leftAt) },
  });
}

function leftAt({ seal }: FixtureBatch): InheritedAgent {
  const { header, headerBytes } = decodeSeal(seal);
  const { agent, batch, firstSeq, count } = header;
  const head = { batch, headerHash: headerHash(headerBytes), nextSeq: firstSeq + count };
  return { agent, head, streams: [] };
}

const carry = () => carryOver({ ...site, random: () => 0.5 }, journal, site.stopping.signal);

test('what came behind the end enters the next log, in its order, and again changes nothing', async () => {
  const [, last] = await hold(2);
  await hold(3, other);
  const lost = await hold(90);
  await begin([last!]);
  expect(await carry()).toEqual({ admitted: 93, left: 0 });
  expect(site.log.head().size).toBe(93);
  expect(site.heads.of(agent.id)?.batch).toBe(91);
  const [first] = lost;
  expect(await site.store.read(3, first!.seal)).toEqual(first!.bytes);
  expect(await carry()).toEqual({ admitted: 0, left: 0 });
  expect(site.log.head().size).toBe(93);
});

test('its agents go on behind it', async () => {
  const [, last] = await hold(2);
  await hold(2);
  await begin([last!]);
  await carry();
  const next = agent.seal({ log: originHash(SECOND) });
  expect((await site.admission.admit(next.bytes)).index).toBe(2);
});

test('nothing to bring is no reason to wait for the gate', async () => {
  const batches = await hold(2);
  await begin(batches.slice(-1));
  site.gate.hold('asking');
  expect(await carry()).toEqual({ admitted: 0, left: 0 });
});

test('it waits until the log may grow, and ends when the gateway stops', async () => {
  const [last] = await hold(2);
  await begin([last!]);
  site.gate.hold('asking');
  let done = false;
  const carrying = carry().finally(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toBe(false);
  site.stopping.abort();
  expect(await carrying).toBeNull();
});

test('with the store full it goes on when there is room', async () => {
  const [last] = await hold(1);
  await hold(6);
  await begin([last!]);
  let room = 2;
  site.store.hasRoom = () => room-- > 0;
  const carrying = carry();
  await site.timers.nextWait();
  expect(site.log.head().size).toBe(2);
  room = 100;
  site.timers.advance(1_000);
  expect(await carrying).toEqual({ admitted: 6, left: 0 });
  expect(site.log.head().size).toBe(6);
});

test('what contradicts the end of the closed log stays where it is, and no key is put out for it', async () => {
  await hold(1);
  const clone = agent.clone();
  const counted = [clone.seal({ closedAt: 1 })];
  await hold(3);
  await begin(counted);
  expect(await carry()).toEqual({ admitted: 0, left: 3 });
  expect(site.conflicts.list()).toEqual([]);
  expect(site.log.head().size).toBe(0);
});

test('of a revoked agent nothing is taken', async () => {
  const [last] = await hold(1);
  await hold(2);
  await begin([last!]);
  const { agents } = register.current().slot.record;
  const state = 'revoked' as const;
  await register.admit(register.revise({ agents: agents.map((one) => ({ ...one, state })) }));
  expect(await carry()).toEqual({ admitted: 0, left: 2 });
});
