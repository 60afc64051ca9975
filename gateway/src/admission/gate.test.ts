import { beforeEach, expect, test } from 'vitest';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import { assertOpen, createGate, type Gate } from './gate.ts';

const WAIT_MS = 60_000;
let timers: FakeTimers;
let stopping: AbortController;
let gate: Gate;

beforeEach(() => {
  timers = createFakeTimers();
  stopping = new AbortController();
  gate = createGate(timers, WAIT_MS, stopping.signal);
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('without a cloud to ask it is open from the start', async () => {
  gate = createGate(timers, null, stopping.signal);
  await gate.opened();
  expect(gate.closedFor()).toBeNull();
});

test('with one it opens at the cloud’s word, or after a minute without', async () => {
  expect(() => assertOpen(gate)).toThrow(expect.objectContaining({ code: 'GATEWAY_STARTING' }));
  timers.advance(WAIT_MS - 1);
  await settle();
  expect(gate.closedFor()).not.toBeNull();
  const opened = gate.opened();
  timers.advance(1);
  await opened;
  expect(gate.closedFor()).toBeNull();
});

test('held for a reason it does not open by itself', async () => {
  gate.hold('the disk is an older copy');
  timers.advance(WAIT_MS);
  await settle();
  expect(gate.closedFor()).toBe('the disk is an older copy');
  gate.open();
  await gate.opened();
});

test('nobody waits for it when the gateway stops', async () => {
  const opened = gate.opened();
  stopping.abort();
  await opened;
  expect(gate.closedFor()).not.toBeNull();
});
