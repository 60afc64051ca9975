import { type DownMessage, decodeDown, encodeUp, type HelloMessage } from '@sigill/edge';
import { EMPTY_ROOT, originHash, toHex } from '@sigill/evidence';
import { beforeEach, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';
import { type AgentLinks, createAgentLinks } from './link.ts';

const FIRST = 'sigill.example/demo/house-17';
const SECOND = `${FIRST}/2`;
const keys = [newSigner(), newSigner()] as const;

let agent: FixtureAgent;
let register: FixtureRegister;
let site: FixtureSite;
let links: AgentLinks;
let down: DownMessage[];
let contradictions: string[];
let carried: PromiseWithResolvers<void>;

beforeEach(async () => {
  agent = createFixtureAgent(FIRST);
  register = createFixtureHolder({
    ...{ origin: FIRST, log: keys[0], agents: [{ key: agent.signer.publicKey }] },
  });
});

async function open(generation: 1 | 2): Promise<void> {
  if (generation === 2) {
    const closed = register.close();
    register.logKeys.push(keys[1].publicKey);
    await register.admit(closed);
    await register.admit(register.continueFrom(closed, keys[1]));
    register.advance();
  }
  site = await openFixtureSite({
    ...{ fileSystem: createCrashFileSystem(), logSigner: keys[generation - 1]! },
    ...{ origin: generation === 1 ? FIRST : SECOND, register, agents: [] },
  });
  down = [];
  contradictions = [];
  carried = Promise.withResolvers();
  links = createAgentLinks({
    ...{ ...site, register: register.current, carried: carried.promise },
    publish: (_topic, payload) => down.push(decodeDown(payload)),
    isConnected: () => true,
    contradicted(reason) {
      contradictions.push(reason);
      site.gate.hold(reason);
    },
  });
}

async function hello(change: Partial<HelloMessage> = {}): Promise<void> {
  links.receive(
    toHex(agent.id),
    encodeUp({
      ...{ type: 'hello', nonce: new Uint8Array(8), boot: new Uint8Array(16), head: null },
      ...{ receiptSize: 0, receiptRoot: EMPTY_ROOT, software: 'sigill/1', clockMs: 0, ...change },
    }),
  );
  await settle();
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const types = () => down.map(({ type }) => type);
const elsewhere = { receiptSize: 90, receiptRoot: new Uint8Array(32).fill(9) };

test('an agent that has not heard of this log is given what leads to it, and asked to say hello again', async () => {
  await open(2);
  carried.resolve();
  await hello(elsewhere);
  expect(types()).toEqual(['records']);
  const { chain, succession } = register.current();
  expect(down[0]).toEqual({ type: 'records', records: [...chain, ...succession] });
  expect(contradictions).toEqual([]);
  expect(links.contradiction()).toBeNull();
});

test('one that has heard of it is told where it stands, after the records, as they may be newer', async () => {
  await open(2);
  carried.resolve();
  await hello({ log: originHash(SECOND) });
  expect(types()).toEqual(['records', 'head']);
});

test('nobody is told where it stands before what the closed log holds no more is in this one', async () => {
  await open(2);
  await hello({ log: originHash(SECOND) });
  expect(types()).toEqual([]);
  carried.resolve();
  await settle();
  expect(types()).toEqual(['records', 'head']);
});

test('a receipt of this log that it cannot have given is a contradiction, as ever', async () => {
  await open(2);
  carried.resolve();
  await hello({ log: originHash(SECOND), ...elsewhere });
  expect(contradictions).toEqual([expect.stringContaining('receipt for 90 entries')]);
  expect(types()).toEqual([]);
});

test('an agent that has gone on in a later log shows that this disk is an older copy', async () => {
  await open(1);
  carried.resolve();
  await hello({ log: originHash(SECOND) });
  expect(contradictions).toEqual([expect.stringContaining(`a log after ${FIRST}`)]);
});

test('in the first log no records are sent before a head', async () => {
  await open(1);
  carried.resolve();
  await hello();
  expect(types()).toEqual(['head']);
});
