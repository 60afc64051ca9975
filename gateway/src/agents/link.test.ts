import {
  type DownMessage,
  decodeDown,
  encodeUp,
  type HeadMessage,
  type ReceiptMessage,
  type UpMessage,
} from '@sigill/edge';
import {
  decodeSeal,
  EMPTY_ROOT,
  headerHash,
  openCheckpoint,
  parseReceipt,
  toHex,
  verifyConsistency,
  verifyReceipt,
} from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';
import { type AgentLinks, createAgentLinks } from './link.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const logSigner = newSigner();
const NONCE = new Uint8Array(8).fill(7);

let agent: FixtureAgent;
let other: FixtureAgent;
let site: FixtureSite;
let links: AgentLinks;
let down: { topic: string; message: DownMessage }[];
let contradictions: string[];

beforeEach(async () => {
  agent = createFixtureAgent(ORIGIN);
  other = createFixtureAgent(ORIGIN);
  await open();
});

async function open(change: { asksCloud?: boolean; maxBytes?: number } = {}): Promise<void> {
  const agents = [agent.signer, other.signer];
  const fileSystem = createCrashFileSystem();
  site = await openFixtureSite({ fileSystem, origin: ORIGIN, logSigner, agents, ...change });
  down = [];
  contradictions = [];
  links = createAgentLinks({
    ...{ ...site, register: site.register.current },
    publish: (topic, payload) => down.push({ topic, message: decodeDown(payload) }),
    isConnected: () => true,
    carried: Promise.resolve(),
    contradicted(reason) {
      contradictions.push(reason);
      site.gate.hold(reason);
    },
  });
}

const say = (message: UpMessage, who = agent) => links.receive(toHex(who.id), encodeUp(message));

/** Until everything that can happen has happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function hello(change: Partial<Extract<UpMessage, { type: 'hello' }>> = {}, who = agent) {
  say(
    {
      ...{ type: 'hello', nonce: NONCE, boot: new Uint8Array(16), head: null, receiptSize: 0 },
      ...{ receiptRoot: EMPTY_ROOT, software: 'sigill/1', clockMs: 0, ...change },
    },
    who,
  );
  await settle();
}

async function batch(who = agent, sealed = who.seal()) {
  say({ type: 'batch', number: sealed.number, bytes: sealed.bytes }, who);
  await settle();
  return sealed;
}

const heard = <T extends DownMessage['type']>(type: T) =>
  down.flatMap(({ message }) =>
    message.type === type ? [message as Extract<DownMessage, { type: T }>] : [],
  );

test('a hello is answered with the head of the agent’s chain, where its streams go on, and the signed head of the log', async () => {
  await site.admission.admit(other.seal().bytes);
  await hello();
  const [first] = heard('head') as [HeadMessage];
  expect(first).toMatchObject({ state: 'open', head: null, streams: [], detail: '', nonce: NONCE });
  expect(down[0]?.topic).toBe(`sigill/1/down/${toHex(agent.id)}`);
  const sealed = await batch();
  await hello();
  const second = heard('head')[1] as HeadMessage;
  const { headerBytes } = decodeSeal(sealed.seal);
  expect(second.head).toEqual({ batch: 0, headerHash: headerHash(headerBytes), nextSeq: 1 });
  expect(second.streams).toEqual([{ source: 'house-17', device: 'meter', nextN: 1 }]);
  const { checkpoint } = openCheckpoint(second.checkpoint, ORIGIN, logSigner.publicKey);
  expect(checkpoint.size).toBe(2);
});

test('each receipt proves its seal, and that the log only grew since the agent was last told', async () => {
  await site.admission.admit(other.seal().bytes);
  await hello();
  const { checkpoint: note } = heard('head')[0] as HeadMessage;
  let known = openCheckpoint(note, ORIGIN, logSigner.publicKey).checkpoint;
  for (let count = 0; count < 5; count += 1) {
    await site.admission.admit(other.seal().bytes);
    const { seal, number } = await batch();
    const receipt = heard('receipt').at(-1) as ReceiptMessage;
    expect([receipt.batch, receipt.seal, receipt.from]).toEqual([number, seal, known.size]);
    const next = verifyReceipt(parseReceipt(receipt.proof), seal, ORIGIN, logSigner.publicKey);
    verifyConsistency(known.size, next.size, known.root, next.root, receipt.path);
    known = next;
  }
  expect(known.size).toBe(11);
});

test('a hello with a receipt is answered with the path from it', async () => {
  await hello();
  await batch();
  const { size: receiptSize, root: receiptRoot } = site.log.head();
  for (let count = 0; count < 6; count += 1) await site.admission.admit(other.seal().bytes);
  await hello({ receiptSize, receiptRoot });
  const { checkpoint, path } = heard('head')[1] as HeadMessage;
  const { root, size } = openCheckpoint(checkpoint, ORIGIN, logSigner.publicKey).checkpoint;
  verifyConsistency(receiptSize, size, receiptRoot, root, path);
});

test('batches are durable in the store before their receipts, for the way to the cloud', async () => {
  await hello();
  const sealed = await batch();
  expect(await site.store.read(0, sealed.seal)).toEqual(sealed.bytes);
});

test('a batch sent again has its receipt again', async () => {
  await hello();
  const sealed = await batch();
  await batch(agent, sealed);
  expect(heard('receipt').map(({ batch }) => batch)).toEqual([0, 0]);
  expect(site.log.head().size).toBe(1);
});

test('a receipt of an older connection is not sent on a new one before that was told where it stands', async () => {
  await hello();
  site.gate.hold('asking');
  const sealed = agent.seal();
  const admitted = site.admission.admit(sealed.bytes).catch(() => null);
  await admitted;
  say({ type: 'batch', number: 0, bytes: sealed.bytes });
  void hello();
  site.gate.open();
  await settle();
  await batch(agent, sealed);
  const kinds = down.map(({ message }) => message.type);
  expect(kinds.indexOf('receipt')).toBeGreaterThan(kinds.lastIndexOf('head'));
});

test('a ping is answered, a status is shown', async () => {
  await hello();
  say({ type: 'ping', nonce: NONCE });
  say({ type: 'status', json: '{"sources":[]}' });
  expect(heard('pong')).toMatchObject([{ nonce: NONCE, timeMs: site.timers.now() }]);
  expect(links.status()).toMatchObject([
    { agent: toHex(agent.id), connected: true, said: '{"sources":[]}', lag: null, batches: 0 },
  ]);
});

test('the status tells how far the log is behind the agent', async () => {
  await hello();
  const sealed = [await batch(), agent.seal(), agent.seal()].at(-1)!;
  const head = { batch: sealed.number, headerHash: new Uint8Array(32), nextSeq: 3 };
  await hello({ head });
  expect(links.status()).toMatchObject([{ lastBatch: 0, lag: 2, batches: 1 }]);
});

test('the newest final anchor reaches every agent, and each that comes later', async () => {
  await hello();
  links.setBeacon({ anchorIndex: 3, anchorLeafHash: new Uint8Array(32) });
  await hello({}, other);
  expect(heard('beacon')).toHaveLength(2);
});

describe('an agent that may not', () => {
  const states = async () => {
    await hello();
    const { state, detail } = heard('head').at(-1) as HeadMessage;
    return [state, detail] as const;
  };

  test('since nobody enrolled it, is told so', async () => {
    agent = createFixtureAgent(ORIGIN);
    const [state, detail] = await states();
    expect(state).toBe('unknown');
    expect(detail).toContain('sigill agent enroll');
    await batch();
    expect(heard('refused')).toMatchObject([{ code: 'AGENT_UNKNOWN', retryable: false }]);
  });

  test('since it was revoked, is told so', async () => {
    const { record } = site.register.current().slot;
    const agents = record.agents.map((one) =>
      Buffer.from(one.key).equals(agent.signer.publicKey)
        ? { ...one, state: 'revoked' as const }
        : one,
    );
    await site.register.admit(site.register.revise({ agents }));
    expect((await states())[0]).toBe('revoked');
    await batch();
    expect(heard('refused')).toMatchObject([{ code: 'AGENT_REVOKED' }]);
  });

  test('since it signed two histories, is told what to do; and in again after the operator’s word', async () => {
    const clone = agent.clone();
    await hello();
    await batch();
    await batch(agent, clone.seal({ closedAt: 1 }));
    expect(heard('refused')).toMatchObject([{ code: 'BATCH_CONFLICT', retryable: false }]);
    const [state, detail] = await states();
    expect(state).toBe('quarantined');
    expect(detail).toContain('call the operator');
    await site.register.admit(site.register.revise({}));
    expect((await states())[0]).toBe('open');
  });
});

describe('two boxes with one key', () => {
  const boot = (number: number) => new Uint8Array(16).fill(number);

  test('are caught when they take turns, even where nothing contradicts', async () => {
    await hello({ boot: boot(1) });
    await batch();
    await hello({ boot: boot(2) });
    expect(heard('head').at(-1)).toMatchObject({ state: 'open' });
    await hello({ boot: boot(1) });
    await hello({ boot: boot(2) });
    const last = heard('head').at(-1) as HeadMessage;
    expect(last.state).toBe('quarantined');
    expect(last.detail).toContain('another box runs with a copy of this card');
    expect(site.events).toMatchObject([
      { level: 'alarm', what: 'BATCH_CONFLICT', facts: { kind: 'clone', batch: 0 } },
    ]);
    await batch();
    expect(heard('refused')).toMatchObject([{ code: 'AGENT_QUARANTINED', retryable: false }]);
  });

  test('one of them switched off, the other goes on after the operator’s word', async () => {
    for (const number of [1, 2, 1]) await hello({ boot: boot(number) });
    await site.register.admit(site.register.revise({}));
    for (let count = 0; count < 2; count += 1) await hello({ boot: boot(2) });
    expect(heard('head').at(-1)).toMatchObject({ state: 'open' });
    await hello({ boot: boot(1) });
    await hello({ boot: boot(2) });
    expect(site.conflicts.of(agent.id)).toMatchObject({ kind: 'clone', rev: 1 });
  });

  test('a box that starts again and again is one box', async () => {
    for (const number of [1, 1, 2, 3, 3, 4]) await hello({ boot: boot(number) });
    expect(site.events).toEqual([]);
  });
});

describe('while it cannot be', () => {
  test('at the start, batches are refused for later and a hello waits', async () => {
    await open({ asksCloud: true });
    await hello();
    await batch();
    expect(heard('head')).toEqual([]);
    expect(heard('refused')).toMatchObject([{ code: 'GATEWAY_STARTING', retryable: true }]);
    site.gate.open();
    await settle();
    expect(heard('head')).toHaveLength(1);
  });

  test('with the store full, batches are refused for later, told once, and the agent goes on after', async () => {
    await open({ maxBytes: 40_000 });
    await hello();
    while (heard('refused').length < 2) {
      await batch(agent, agent.clone().seal());
      if (heard('refused').length === 0) agent.seal();
    }
    expect(heard('refused')[0]).toMatchObject({ code: 'BATCH_STORE_FULL', retryable: true });
    expect(site.events.map(({ what }) => what)).toEqual(['BATCH_STORE_FULL']);
    await site.store.release(site.log.head().size);
    await batch(agent, agent.clone().seal());
    expect(heard('receipt').at(-1)?.batch).toBe(site.log.head().size - 1);
  });

  test('an agent that sends more than its window is refused for later', async () => {
    await hello();
    const sealed = Array.from({ length: 40 }, () => agent.seal());
    for (const { number, bytes } of sealed) say({ type: 'batch', number, bytes });
    await settle();
    expect(heard('receipt')).toHaveLength(32);
    expect(heard('refused').map(({ code }) => code)).toEqual(Array(8).fill('LINK_WINDOW'));
  });

  test('what is no message is told and answered with nothing', async () => {
    links.receive(toHex(agent.id), new Uint8Array(20));
    await settle();
    expect(down).toEqual([]);
    expect(site.events).toMatchObject([{ level: 'warning', what: 'LINK_MESSAGE' }]);
  });
});

describe('an agent’s receipt', () => {
  test('for more than the log has closes it until the cloud was asked', async () => {
    await hello({ receiptSize: 5, receiptRoot: new Uint8Array(32).fill(1) });
    expect(contradictions[0]).toContain('for 5 entries of the site log, this disk has 0');
    expect(heard('head')).toEqual([]);
    expect(links.contradiction()).toBe(contradictions[0]);
    const sealed = Array.from({ length: 5 }, () => other.seal());
    const back = sealed.map(({ seal }) => ({ agent: other.id, seal, streams: [] }));
    await site.admission.restore(0, back);
    expect(links.contradiction()).toContain('another history of the site log, at 5 entries');
  });

  test('that the log holds after all, once entries came back, is answered', async () => {
    const sealed = Array.from({ length: 3 }, () => other.seal());
    const elsewhere = await openFixtureSite({
      ...{ fileSystem: createCrashFileSystem(), origin: ORIGIN, logSigner },
      ...{ register: site.register, agents: [] },
    });
    for (const { bytes } of sealed) await elsewhere.admission.admit(bytes);
    const { size, root } = elsewhere.log.head();
    await hello({ receiptSize: size, receiptRoot: root });
    const back = sealed.map(({ seal }) => ({ agent: other.id, seal, streams: [] }));
    await site.admission.restore(0, back);
    site.gate.open();
    await settle();
    expect(heard('head')).toHaveLength(1);
    expect(links.contradiction()).toBeNull();
  });

  test('of an agent whose key is out says nothing', async () => {
    agent = createFixtureAgent(ORIGIN);
    await hello({ receiptSize: 5, receiptRoot: new Uint8Array(32).fill(1) });
    expect(links.contradiction()).toBeNull();
  });
});
