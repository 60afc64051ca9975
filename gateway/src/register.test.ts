import { EvidenceError, NO_RECORD, sha256, signOperatorRecord } from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from './agent-fixture.ts';
import { openRegister } from './register.ts';
import { createFixtureHolder, type FixtureRegister } from './register-fixture.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const log = newSigner();
const own = newSigner();
const other = newSigner();
let fixture: FixtureRegister;
let kept: string[];

beforeEach(() => {
  kept = [];
  fixture = createFixtureHolder({
    ...{ origin: ORIGIN, log, agents: [{ key: own.publicKey }, { key: other.publicKey }] },
    keep: async (name) => void kept.push(name),
  });
});

const open = (...cose: Uint8Array[]) =>
  openRegister(
    cose,
    {
      ...{ operatorKeyHash: sha256(fixture.operator.publicKey), origin: ORIGIN },
      ...{ logKeys: () => fixture.logKeys, agentKey: own.publicKey },
    },
    async () => {},
  );

test('of several revisions of the slot the latest counts, whatever their order', () => {
  const [operator, first] = fixture.current().cose;
  const second = fixture.revise({});
  expect(open(operator, second, first).current().slot.record.rev).toBe(1);
  expect(open(operator, first, second).current().slot.record.rev).toBe(1);
});

test('the slot may have any number', async () => {
  const elsewhere = createFixtureHolder({
    ...{ origin: ORIGIN, log, agents: [{ key: own.publicKey }], slot: 7 },
  });
  expect(elsewhere.current().slot.record.slot).toBe(7);
});

describe('a record that comes while the gateway runs', () => {
  test('is durable, then in force, then told', async () => {
    const told: number[] = [];
    fixture.watch((now, before) => told.push(now.slot.record.rev - before.slot.record.rev));
    const next = fixture.revise({});
    expect(await fixture.admit(next)).toBe(true);
    expect(fixture.current().slot.record.rev).toBe(1);
    expect(fixture.current().cose[1]).toEqual(next);
    expect(kept).toEqual(['slot-1-rev-1.record']);
    expect(told).toEqual([1]);
  });

  test('and is known already, or older, changes nothing', async () => {
    const [operator, first] = fixture.current().cose;
    await fixture.admit(fixture.revise({}));
    expect(await fixture.admit(fixture.current().cose[1])).toBe(false);
    expect(await fixture.admit(first)).toBe(false);
    expect(await fixture.admit(operator)).toBe(false);
    expect(kept).toHaveLength(1);
  });

  test('may skip revisions', async () => {
    const next = fixture.revise({ rev: 5, previous: new Uint8Array(32).fill(1) });
    expect(await fixture.admit(next)).toBe(true);
    expect(fixture.current().slot.record.rev).toBe(5);
  });

  test('of the operator changes the witnesses and keeps the slot', async () => {
    const { record, hash } = fixture.current().operator;
    const next = { ...record, rev: 1, previous: hash, nextKeyHash: sha256(own.publicKey) };
    expect(await fixture.admit(signOperatorRecord(next, fixture.operator))).toBe(true);
    expect(fixture.current().operator.record.rev).toBe(1);
    expect(fixture.current().chain).toHaveLength(2);
    expect(kept).toEqual(['slot-0-rev-1.record']);
  });

  test.each<[string, () => Uint8Array]>([
    ['of another slot', () => fixture.revise({ slot: 2 })],
    ['of another log', () => fixture.revise({ origin: 'sigill.example/other' })],
    ['that leaves an agent out', () => fixture.revise({ agents: [] })],
    ['that follows another one', () => fixture.revise({ previous: NO_RECORD })],
    [
      'signed by another',
      () =>
        createFixtureHolder({
          origin: ORIGIN,
          log,
          agents: [{ key: own.publicKey }, { key: other.publicKey }],
        }).revise({}),
    ],
  ])('%s is refused, and nothing changes', async (_, make) => {
    const before = fixture.current();
    const refusal = await fixture.admit(make()).catch((error: unknown) => error);
    expect(
      refusal instanceof EvidenceError || (refusal as { code: string }).code === 'RECORD_MISMATCH',
    ).toBe(true);
    expect(fixture.current()).toBe(before);
    expect(kept).toEqual([]);
  });
});
