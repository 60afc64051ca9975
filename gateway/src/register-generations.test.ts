import {
  EvidenceError,
  NO_RECORD,
  readSlotRecord,
  type Signer,
  type SlotRecord,
  sha256,
  signSlotRecord,
} from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from './agent-fixture.ts';
import { GatewayError } from './errors.ts';
import { openRegister } from './register.ts';
import { createFixtureHolder, type FixtureRegister } from './register-fixture.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const [log, log2, log3, own, barn, operator] = Array.from({ length: 6 }, newSigner) as [
  ...[Signer, Signer, Signer, Signer, Signer, Signer],
];

let holder: FixtureRegister;
let kept: string[];
let told: [number, number][];
let closing: Uint8Array;
let second: Uint8Array;

beforeEach(() => {
  [kept, told] = [[], []];
  const agents = [{ key: own.publicKey }, { key: barn.publicKey }];
  const keep = async (name: string) => void kept.push(name);
  holder = createFixtureHolder({ origin: ORIGIN, log, agents, operator, keep });
  holder.watch((now, before) => told.push([before.slot.record.slot, now.slot.record.slot]));
  closing = holder.close();
  second = holder.continueFrom(closing, log2);
  holder.logKeys.push(log2.publicKey);
});

const slots = () => holder.current().slot.record.slot;
const refusalOf = (done: Promise<unknown>) => done.then(String, (error: Error) => error);

describe('a closing record', () => {
  test('is in force at once, and nothing follows it yet', async () => {
    expect(await holder.admit(closing)).toBe(true);
    expect(holder.current().slot.record.closed).toMatchObject({ size: 812 });
    expect([holder.next(), holder.obstacle()]).toEqual([null, null]);
    expect(() => holder.advance()).toThrow('no generation');
  });

  test('signed by anybody else changes nothing', async () => {
    const forger = createFixtureHolder({
      ...{ origin: ORIGIN, log, agents: [{ key: own.publicKey }, { key: barn.publicKey }] },
    });
    expect(await refusalOf(holder.admit(forger.close()))).toBeInstanceOf(EvidenceError);
    expect(holder.current().slot.record.closed).toBe(null);
    expect(kept).toEqual([]);
  });

  test('is the last of its slot', async () => {
    await holder.admit(closing);
    expect(await refusalOf(holder.admit(holder.revise({ closed: null })))).toMatchObject({
      message: expect.stringContaining('closed is final'),
    });
  });
});

describe('the record that continues it', () => {
  test('waits until the gateway goes on, which is told of it', async () => {
    await holder.admit(closing);
    expect(await holder.admit(second)).toBe(true);
    expect(kept).toEqual(['slot-1-rev-1.record', 'slot-2-rev-0.record']);
    expect(slots()).toBe(1);
    expect(holder.next()?.record).toMatchObject({ slot: 2, origin: `${ORIGIN}/2` });
    holder.advance();
    expect(slots()).toBe(2);
    expect(holder.current().earlier.map(({ cose }) => cose)).toEqual([closing]);
    expect(holder.current().succession).toEqual([closing, second]);
    expect(told).toEqual([
      [1, 1],
      [1, 1],
      [1, 2],
    ]);
    expect(holder.next()).toBe(null);
    expect(await holder.admit(second)).toBe(false);
    expect(await holder.admit(closing)).toBe(false);
  });

  test('is refused before its closing one, and fits after it', async () => {
    expect(await refusalOf(holder.admit(second))).toMatchObject({
      code: 'RECORD_MISMATCH',
      message: expect.stringContaining('the one that closes slot 1 comes first'),
    });
    await holder.admit(closing);
    expect(await holder.admit(second)).toBe(true);
  });

  test('may have later revisions before it is in force', async () => {
    await holder.admit(closing);
    await holder.admit(second);
    const third = revisionOf(second, 1);
    expect(await holder.admit(third)).toBe(true);
    expect(slots()).toBe(1);
    holder.advance();
    expect(holder.current().cose[1]).toEqual(third);
    expect(holder.current().succession).toEqual([closing, second, third]);
    expect(await holder.admit(holder.revise({}))).toBe(true);
  });

  test.each<[string, () => Uint8Array, string]>([
    ['of an open slot', () => holder.continueFrom(closing, log2), 'is not here'],
    ['of another origin', () => continued({ origin: 'sigill.example/other/2' }), 'its origin'],
    ['with the same log key', () => continued({ logKey: log.publicKey }), 'the same log key'],
    ['with agents that were not there', () => continued({ agents: [agent(newSigner())] }), 'was'],
    ['that is no first one', () => continued({ rev: 1, previous: sha256(closing) }), 'not new'],
    [
      'signed by another operator',
      () => signSlotRecord({ ...readNext(), previous: NO_RECORD }, newSigner()),
      'signature',
    ],
  ])('%s is refused', async (title, make, sentence) => {
    if (!title.includes('open')) await holder.admit(closing);
    const refusal = await refusalOf(holder.admit(make()));
    expect(refusal).toMatchObject({ message: expect.stringMatching(new RegExp(sentence, 'i')) });
    expect(holder.next()).toBe(null);
  });

  test('is one: a second continuation is refused', async () => {
    await holder.admit(closing);
    await holder.admit(second);
    const other = holder.continueFrom(closing, log3, { slot: 3 });
    expect(await refusalOf(holder.admit(other))).toMatchObject({
      message: expect.stringContaining('slot 3 goes on where slot 2 goes on already'),
    });
  });
});

describe('a generation may not begin', () => {
  test('on a box without its log key; it may when the key is put there', async () => {
    holder.logKeys.pop();
    await holder.admit(closing);
    await holder.admit(second);
    expect(holder.next()).toBe(null);
    expect(holder.obstacle()).toContain('runs on another box: its log key is not here');
    expect(() => holder.advance()).toThrow('no generation');
    holder.logKeys.push(log2.publicKey);
    expect(holder.obstacle()).toBe(null);
    expect(holder.next()?.record.slot).toBe(2);
  });

  test('on a box whose agent was not taken over', async () => {
    await holder.admit(closing);
    await holder.admit(continued({ agents: [agent(barn)] }));
    expect(holder.next()).toBe(null);
    expect(holder.obstacle()).toContain('goes on without this box');
  });
});

describe('opened again', () => {
  const open = (...cose: Uint8Array[]) =>
    openRegister(
      [...holder.current().chain, ...cose],
      {
        ...{ operatorKeyHash: sha256(operator.publicKey), origin: ORIGIN },
        ...{ logKeys: () => holder.logKeys, agentKey: own.publicKey },
      },
      async () => {},
    );

  test('begins with the first generation, closed, and finds the others in any order', () => {
    const [, first] = holder.current().cose;
    const third = revisionOf(second, 1);
    for (const cose of permutations([first, closing, second, third])) {
      const again = open(...cose);
      expect(again.current().cose[1]).toEqual(closing);
      expect(again.next()?.cose).toEqual(second);
      again.advance();
      expect(again.current().cose[1]).toEqual(third);
    }
  });

  test('goes through as many generations as there were', async () => {
    const [, first] = holder.current().cose;
    for (const cose of [closing, second]) await holder.admit(cose);
    holder.advance();
    const closed = holder.close({ size: 3 });
    const third = holder.continueFrom(closed, log3);
    holder.logKeys.push(log3.publicKey);
    const again = open(third, closed, second, closing, first);
    while (again.next() !== null) again.advance();
    expect(again.current().slot.record.origin).toBe(`${ORIGIN}/3`);
    expect(again.current().succession).toEqual([closing, second, closed, third]);
    expect(again.current().earlier).toHaveLength(2);
  });

  test('without the closing record, or with a forged one, does not start', () => {
    const [, first] = holder.current().cose;
    expect(() => open(first, second)).toThrow('comes first');
    const forged = signSlotRecord(
      { ...holder.current().slot.record, rev: 1, previous: holder.current().slot.hash },
      newSigner(),
    );
    expect(() => open(first, forged)).toThrow(EvidenceError);
  });

  test('as a gateway that the operator took out does not start, in no generation', () => {
    const revoked = { agents: [revokedAgent(own), agent(barn)].sort(byKey) };
    const [, first] = holder.current().cose;
    expect(() => open(first, holder.revise(revoked))).toThrow('its agent is revoked');
    const gone = holder.revise({ ...revoked, closed: { size: 0, root: NO_RECORD, cause: 'x' } });
    expect(() => open(first, gone)).toThrow('the operator took this gateway out');
    const later = revisionOf(second, 1, revoked);
    expect(() => open(first, closing, second, later)).toThrow('its agent is revoked');
  });

  test('with another’s log key does not start', () => {
    holder.logKeys.shift();
    expect(() => open(holder.current().cose[1])).toThrow(GatewayError);
  });
});

const agent = ({ publicKey }: Signer) => ({
  ...{ key: publicKey, state: 'active' as const, succeeds: null },
});
const revokedAgent = (signer: Signer) => ({ ...agent(signer), state: 'revoked' as const });
const byKey = (one: { key: Uint8Array }, other: { key: Uint8Array }) =>
  Buffer.compare(one.key, other.key);

const readNext = () => readSlotRecord(second).record;
const continued = (change: Partial<SlotRecord>) => holder.continueFrom(closing, log2, change);

function revisionOf(cose: Uint8Array, rev: number, change: Partial<SlotRecord> = {}): Uint8Array {
  const { record, hash } = readSlotRecord(cose);
  return signSlotRecord({ ...record, rev, previous: hash, ...change }, operator);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  );
}
